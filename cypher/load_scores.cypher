// Write risk scores as their rows say.
UNWIND $rows AS row
MERGE (n:RiskScore {key: row.key})
ON CREATE SET n = row
ON MATCH SET n = row
