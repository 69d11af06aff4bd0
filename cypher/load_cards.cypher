// Write cards as their rows say.
UNWIND $rows AS row
MERGE (n:Card {key: row.key})
ON CREATE SET n = row
ON MATCH SET n = row
