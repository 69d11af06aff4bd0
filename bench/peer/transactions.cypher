// By hand: merge the transactions of a batch.
UNWIND $rows AS row
MERGE (t:PeerTransaction {key: row.key})
SET t += row
