// From which account a loan is repaid.
UNWIND $rows AS row
MATCH (start:Loan {key: row.start})
MATCH (end:Account {key: row.end})
CREATE (start)-[:REPAID_FROM]->(end)
