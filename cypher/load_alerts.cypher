// Write alerts as their rows say.
UNWIND $rows AS row
MERGE (n:FraudAlert {key: row.key})
ON CREATE SET n = row, n:Event
ON MATCH SET n = row, n:Event
