// Refused links: kept and shown, never traversed.
UNWIND $rows AS row
MATCH (a:SourceCustomer {key: row.a})
MATCH (b:SourceCustomer {key: row.b})
CREATE (a)-[:QUARANTINED {
  kind: row.kind, identifier: row.identifier, reason: row.reason, inside: row.inside, step: $step, valid_from: $at
}]->(b)
