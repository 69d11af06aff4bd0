// Who has a role.
UNWIND $rows AS row
MATCH (start:SourceCustomer {key: row.start})
MATCH (end:Role {key: row.end})
CREATE (start)-[:PLAYS]->(end)
