// Stubs for devices that are referred to by key and have not arrived.
UNWIND $keys AS key
MERGE (n:Device {key: key})
ON CREATE SET n:Expected
