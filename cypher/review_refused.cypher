// Refused links of one reason, each with the customers of its ends.
MATCH (a:SourceCustomer)-[q:QUARANTINED]->(b:SourceCustomer)
WHERE q.reason = $reason AND q.inside = $inside AND q.kind IN $kinds
MATCH (a)-[:RESOLVES_TO]->(one:GlobalCustomer)
MATCH (b)-[:RESOLVES_TO]->(other:GlobalCustomer)
RETURN a.key AS a, b.key AS b, q.kind AS kind, q.identifier AS identifier, one.gcid AS one, other.gcid AS other
LIMIT $limit
