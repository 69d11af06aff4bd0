// Who holds (HAS_) or claims (CLAIMS_) a value from now on; an edge told only in another way keeps when it began.
UNWIND $rows AS row
MATCH (s:SourceCustomer {key: row.key})
MATCH (i:Identifier {key: row.identifier})
CREATE (s)-[:$(row.type) {
  valid_from: coalesce(row.valid_from, $at), step: coalesce(row.step, $step), raw: row.raw, position: row.position,
  source_from: row.source_from, source_to: row.source_to
}]->(i)
