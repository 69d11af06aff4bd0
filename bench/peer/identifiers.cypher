// By hand: merge the values of a batch.
UNWIND $rows AS row
MERGE (i:PeerIdentifier {key: row.key})
SET i += row
