// On which account a transaction is posted.
UNWIND $rows AS row
MATCH (start:Account {key: row.start})
MATCH (end:Transaction {key: row.end})
CREATE (start)-[:POSTED]->(end)
