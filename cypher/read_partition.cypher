// Every record with its customer and the values that would link it if nothing were judged: what quality is measured on.
MATCH (s:SourceCustomer)-[:RESOLVES_TO]->(g:GlobalCustomer)
RETURN
  s.key AS key,
  g.gcid AS gcid,
  [
    (s)-[/*held*/]->(i:Identifier)
    WHERE i.placeholder IS NULL
    | i.key
  ] AS values
