// Who owns an account.
UNWIND $rows AS row
MATCH (start:SourceCustomer {key: row.start})
MATCH (end:Account {key: row.end})
CREATE (start)-[:OWNS {role: row.role}]->(end)
