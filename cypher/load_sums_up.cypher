// Of whom, or of which account, an aggregate is.
UNWIND $rows AS row
MATCH (start:Aggregate {key: row.start})
MATCH (end:SourceCustomer|Account {key: row.end})
CREATE (start)-[:SUMS_UP]->(end)
