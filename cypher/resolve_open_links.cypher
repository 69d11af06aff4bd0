// The spanning forest of the accepted links: what defines a GlobalCustomer.
UNWIND $rows AS row
MATCH (a:SourceCustomer {key: row.a})
MATCH (b:SourceCustomer {key: row.b})
CREATE (a)-[:LINKED {
  kind: row.kind, identifier: row.identifier, stage: row.stage, policy: $policy, step: $step, valid_from: $at
}]->(b)
