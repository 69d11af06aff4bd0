// Stubs for accounts that are referred to by key and have not arrived.
UNWIND $keys AS key
MERGE (n:Account {key: key})
ON CREATE SET n:Expected
