// A counterparty that is none of ours, or not one; derived from a reference.
UNWIND $rows AS row
MATCH (start:Transaction {key: row.start})
MATCH (end:ExternalAccount {key: row.end})
CREATE (start)-[:COUNTERPARTY {reference: row.reference}]->(end)
