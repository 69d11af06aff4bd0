// Records that their source no longer has: stubs, if others name them. They are there: MERGE is a MATCH that needs no
// Eager.
UNWIND $keys AS key
MERGE (n:/*label*/Account {key: key})
ON MATCH SET n = {key: key}, n:Expected
