// Who holds (HAS_) or claims (CLAIMS_) a value from now on; an edge whose raw text alone changed keeps its valid_from.
UNWIND $rows AS row
MATCH (s:SourceCustomer {key: row.key})
MATCH (i:Identifier {key: row.identifier})
CREATE (s)-[:$(row.type) {valid_from: coalesce(row.valid_from, $at), raw: row.raw, step: $step}]->(i)
