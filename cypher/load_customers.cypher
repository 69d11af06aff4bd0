// Write customer records, whose resolution is due then, as their rows say; one that was expected has arrived now, and
// one that had left is back.
UNWIND $rows AS row
MERGE (n:SourceCustomer {key: row.key})
ON CREATE SET n = row, n:Unresolved
ON MATCH SET n = row, n:Unresolved
REMOVE n:Expected:Ghost
