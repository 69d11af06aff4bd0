// On whom, or on which account, something was done.
UNWIND $rows AS row
MATCH (start:Activity {key: row.start})
MATCH (end:SourceCustomer|Account {key: row.end})
CREATE (start)-[:ON]->(end)
