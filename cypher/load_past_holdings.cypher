// Who held or claimed a value until now (HAD_); the edge that said so until now is deleted by its id.
UNWIND $rows AS row
MATCH (s:SourceCustomer {key: row.key})
MATCH (i:Identifier {key: row.identifier})
CREATE (s)-[:$(row.type) {
  valid_from: row.valid_from, valid_to: $at, raw: row.raw, claimed: row.claimed, step: $step,
  source_from: row.source_from, source_to: row.source_to
}]->(i)
