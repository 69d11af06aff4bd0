// New memberships.
UNWIND $rows AS row
MATCH (s:SourceCustomer {key: row.key})
MATCH (g:GlobalCustomer {gcid: row.gcid})
CREATE (s)-[:RESOLVES_TO {valid_from: $at, step: $step, policy: $policy}]->(g)
