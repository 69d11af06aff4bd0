// Write loans as their rows say.
UNWIND $rows AS row
MERGE (n:Loan {key: row.key})
ON CREATE SET n = row
ON MATCH SET n = row
