// A membership that ended stays under another type, so that the plain query never returns the past.
UNWIND $rows AS row
MATCH (s:SourceCustomer {key: row.key})-[r:RESOLVES_TO]->(g:GlobalCustomer {gcid: row.gcid})
WITH s, g, r, r.valid_from AS valid_from
DELETE r
CREATE (s)-[:WAS_RESOLVED_TO {valid_from: valid_from, valid_to: $at, step: $step}]->(g)
