// Kept apart, and why
// Who shares an identifier with a person and was not joined with her: the reason stands on the thick line.
// Put a GCID between the quotes.
WITH 'GCID' AS gcid
MATCH (:SourceCustomer {birth_id: gcid})-[:RESOLVES_TO]->(person:GlobalCustomer)
MATCH path = (person)<-[:RESOLVES_TO]-(hers:SourceCustomer)
  -[refused:QUARANTINED]-(theirs:SourceCustomer)-[:RESOLVES_TO]->(:GlobalCustomer)
WITH path, hers, refused, theirs ORDER BY refused.reason, hers.key, theirs.key LIMIT 50
OPTIONAL MATCH shared = (hers)-[mine]->(:Identifier {key: refused.identifier})<-[other]-(theirs)
WHERE NOT type(mine) STARTS WITH 'HAD_' AND NOT type(other) STARTS WITH 'HAD_'
RETURN refused.reason AS reason, path, shared LIMIT 200
