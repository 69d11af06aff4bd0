// Who gave a consent.
UNWIND $rows AS row
MATCH (start:SourceCustomer {key: row.start})
MATCH (end:Consent {key: row.end})
CREATE (start)-[:GRANTED]->(end)
