// Every record that has arrived and what defines its customer, in pages by key: what `verify` computes anew from.
MATCH (s:SourceCustomer)
WHERE s.key > $after AND NOT s:Expected
WITH s ORDER BY s.key LIMIT $limit
RETURN
  s.key AS key, s.birth_id AS birth_id, s.rank AS rank, s:Unresolved AS marked,
  [(s)-[:RESOLVES_TO]->(g:GlobalCustomer) | g.gcid] AS customers,
  [(s)-[:LINKED]->(o:SourceCustomer) | o.key] AS linked
