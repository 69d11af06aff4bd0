// What is stored of these consents, with the edges that come from their own rows.
// Of those whose hash has not changed, no edges; a row without a hash asks for a departure.
UNWIND $rows AS row
MATCH (n:Consent {key: row.key})
WITH n, n.hash IS NULL OR row.hash IS NULL OR n.hash <> row.hash AS news
RETURN
  n.key AS key, elementId(n) AS id, n.hash AS hash, n.updated_at AS updated_at,
  [
    (o:SourceCustomer)-[e:GRANTED]->(n) WHERE news
    | {id: elementId(e), far: elementId(o), type: 'GRANTED', start: o.key, end: n.key, role: null}
  ] +
  [
    (n)-[e:TO]->(p:Partner) WHERE news
    | {id: elementId(e), far: elementId(p), type: 'TO', start: n.key, end: p.key, role: null}
  ] AS edges
