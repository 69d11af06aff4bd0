// Stubs for partners that are referred to by key and have not arrived.
UNWIND $keys AS key
MERGE (n:Partner {key: key})
ON CREATE SET n:Expected
