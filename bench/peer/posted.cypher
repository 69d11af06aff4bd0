// By hand: on which account each is posted.
UNWIND $rows AS row
MATCH (a:PeerAccount {key: row.account})
MATCH (t:PeerTransaction {key: row.key})
MERGE (a)-[:POSTED]->(t)
