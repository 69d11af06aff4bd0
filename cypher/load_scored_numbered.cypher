// Whose risk a score tells; derived from a reference.
UNWIND $rows AS row
MATCH (start:RiskScore {key: row.start})
MATCH (end:SourceCustomer {key: row.end})
CREATE (end)-[:SCORED {reference: row.reference}]->(start)
