// A counterparty that is one account of ours; derived from a reference.
UNWIND $rows AS row
MATCH (start:Transaction {key: row.start})
MATCH (end:Account {key: row.end})
CREATE (start)-[:COUNTERPARTY {reference: row.reference}]->(end)
