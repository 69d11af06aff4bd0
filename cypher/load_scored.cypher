// Whose risk a score tells.
UNWIND $rows AS row
MATCH (start:SourceCustomer {key: row.start})
MATCH (end:RiskScore {key: row.end})
CREATE (start)-[:SCORED]->(end)
