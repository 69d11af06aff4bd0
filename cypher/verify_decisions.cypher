// Standing decisions, in pages by id: what each says, about whom, and to which customers these belong.
MATCH (d:Decision)
WHERE d.id > $after
WITH d ORDER BY d.id LIMIT $limit
RETURN
  d.id AS key, d.verdict AS verdict, d.field AS field,
  [(d)-[:CONCERNS {side: 'left'}]->(s:SourceCustomer) | s.birth_id] AS left,
  [(d)-[:CONCERNS {side: 'right'}]->(s:SourceCustomer) | s.birth_id] AS right,
  [(d)-[:CONCERNS]->(i:Identifier) | i.key] AS values,
  [(d)-[:CONCERNS {side: 'left'}]->(:SourceCustomer)-[:RESOLVES_TO]->(g:GlobalCustomer) | g.gcid] AS left_customers,
  [(d)-[:CONCERNS {side: 'right'}]->(:SourceCustomer)-[:RESOLVES_TO]->(g:GlobalCustomer) | g.gcid] AS right_customers
