// By hand: one statement for each kind of edge.
UNWIND $rows AS row
MATCH (c:PeerCustomer {key: row.customer})
MATCH (i:PeerIdentifier {key: row.identifier})
MERGE (c)-[:HAS_EMAIL]->(i)
