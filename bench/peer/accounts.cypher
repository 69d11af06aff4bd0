// By hand: merge the accounts that the transactions are posted on.
UNWIND $rows AS row
MERGE (a:PeerAccount {key: row.key})
SET a += row
