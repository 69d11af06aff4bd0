// Which customer an alert is about, by the key that its row gives.
UNWIND $rows AS row
MATCH (start:FraudAlert {key: row.start})
MATCH (end:SourceCustomer {key: row.end})
CREATE (start)-[:ABOUT]->(end)
