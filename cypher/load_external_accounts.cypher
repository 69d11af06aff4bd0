// Counterparties that are no account of ours.
UNWIND $rows AS row
MERGE (n:ExternalAccount {key: row.key})
ON CREATE SET n.number = row.number
