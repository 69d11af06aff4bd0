// Whom, or which accounts, a report is about.
UNWIND $rows AS row
MATCH (start:Report {key: row.start})
MATCH (end:SourceCustomer|Account {key: row.end})
CREATE (start)-[:COVERS]->(end)
