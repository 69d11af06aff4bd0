// Who owes a loan.
UNWIND $rows AS row
MATCH (start:SourceCustomer {key: row.start})
MATCH (end:Loan {key: row.end})
CREATE (start)-[:BORROWED]->(end)
