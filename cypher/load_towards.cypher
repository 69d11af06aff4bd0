// Towards whom, or towards which account, somebody has a role.
UNWIND $rows AS row
MATCH (start:Role {key: row.start})
MATCH (end:SourceCustomer|Account {key: row.end})
CREATE (start)-[:TOWARDS]->(end)
