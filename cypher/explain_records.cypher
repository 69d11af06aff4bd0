// Whether these records are there, and whose they are.
UNWIND $keys AS key
MATCH (s:SourceCustomer {key: key})
WHERE NOT s:Expected
OPTIONAL MATCH (s)-[:RESOLVES_TO]->(g:GlobalCustomer)
RETURN s.key AS key, s:Ghost AS ghost, s:Unresolved AS due, g.gcid AS gcid
