// Write partners as their rows say; one that was expected has arrived now.
UNWIND $rows AS row
MERGE (n:Partner {key: row.key})
ON CREATE SET n = row
ON MATCH SET n = row
REMOVE n:Expected
