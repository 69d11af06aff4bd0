// Which transaction was sighted; derived from a reference.
UNWIND $rows AS row
MATCH (start:Sighting {key: row.start})
MATCH (end:Transaction {key: row.end})
CREATE (start)-[:OF {reference: row.reference}]->(end)
