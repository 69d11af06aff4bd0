// Stubs for customer records that are referred to by key and have not arrived.
UNWIND $keys AS key
MERGE (n:SourceCustomer {key: key})
ON CREATE SET n:Expected
