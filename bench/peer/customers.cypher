// What a person would write by hand: merge the nodes of a batch by key.
UNWIND $rows AS row
MERGE (c:PeerCustomer {key: row.key})
SET c += row
