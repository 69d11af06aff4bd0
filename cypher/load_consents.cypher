// Write consents as their rows say.
UNWIND $rows AS row
MERGE (n:Consent {key: row.key})
ON CREATE SET n = row, n:Event
ON MATCH SET n = row, n:Event
