// Which customer an alert or a case is about, by the key that its row gives.
UNWIND $rows AS row
MATCH (start:FraudAlert|Case {key: row.start})
MATCH (end:SourceCustomer {key: row.end})
CREATE (start)-[:ABOUT]->(end)
