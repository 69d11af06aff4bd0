// Which numbers risk scores refer to: the evidence that edges across systems are derived from.
UNWIND $rows AS row
MATCH (start:RiskScore {key: row.start})
MATCH (end:Reference {key: row.end})
CREATE (start)-[:REFERS_TO {as: row.role}]->(end)
