// Every record with its customer and the values that would link it if nothing were judged: what quality is measured on.
MATCH (s:SourceCustomer)-[:RESOLVES_TO]->(g:GlobalCustomer)
RETURN
  s.key AS key,
  g.gcid AS gcid,
  [
    (s)-[:HAS_NATIONAL_ID|HAS_PASSPORT|HAS_TAX_PIN|HAS_DOCUMENT|HAS_PHONE|HAS_EMAIL]->(i:Identifier)
    WHERE i.placeholder IS NULL
    | i.key
  ] AS values
