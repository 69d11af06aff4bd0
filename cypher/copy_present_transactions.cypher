// Those of these keys that the graph has.
UNWIND $keys AS key
MATCH (n:Transaction {key: key})
WHERE n.step IS NOT NULL
RETURN key
