// Write aggregates as their rows say.
UNWIND $rows AS row
MERGE (n:Aggregate {key: row.key})
ON CREATE SET n = row, n:Event
ON MATCH SET n = row, n:Event
