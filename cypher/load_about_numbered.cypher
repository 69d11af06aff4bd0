// Which customer record an alert or a case is about; derived from a reference.
UNWIND $rows AS row
MATCH (start:FraudAlert|Case {key: row.start})
MATCH (end:SourceCustomer {key: row.end})
CREATE (start)-[:ABOUT {reference: row.reference}]->(end)
