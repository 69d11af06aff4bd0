// What is stored of these alerts, with the edges that come from their own rows.
// Of those whose hash has not changed, no edges; a row without a hash asks for a departure.
UNWIND $rows AS row
MATCH (n:FraudAlert {key: row.key})
WITH n, n.hash IS NULL OR row.hash IS NULL OR n.hash <> row.hash AS news
RETURN
  n.key AS key, elementId(n) AS id, n.hash AS hash, n.updated_at AS updated_at,
  [
    (n)-[e:ABOUT]->(c:SourceCustomer) WHERE news AND e.reference IS NULL
    | {id: elementId(e), far: elementId(c), type: 'ABOUT', start: n.key, end: c.key, role: null}
  ] +
  [
    (n)-[e:REFERS_TO]->(r:Reference) WHERE news
    | {id: elementId(e), type: 'REFERS_TO', start: n.key, end: r.key, role: e.as}
  ] AS edges,
  [(n)-[e:ABOUT]->() WHERE news AND e.reference IS NOT NULL | {id: elementId(e), reference: e.reference}] AS derived
