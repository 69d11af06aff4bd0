// Which transaction an alert is about; derived from a reference.
UNWIND $rows AS row
MATCH (start:FraudAlert {key: row.start})
MATCH (end:Transaction {key: row.end})
CREATE (start)-[:ABOUT {reference: row.reference}]->(end)
