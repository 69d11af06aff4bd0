// What is stored of these devices, with the edges that come from their own rows.
// Of those whose hash has not changed, no edges; a row without a hash asks for a departure.
UNWIND $rows AS row
MATCH (n:Device {key: row.key})
WITH n, n.hash IS NULL OR row.hash IS NULL OR n.hash <> row.hash AS news
RETURN
  n.key AS key, elementId(n) AS id, n.hash AS hash, n.last_seen_at AS updated_at,
  [
    (o:SourceCustomer)-[e:REGISTERED]->(n) WHERE news
    | {id: elementId(e), far: elementId(o), type: 'REGISTERED', start: o.key, end: n.key, role: null}
  ] AS edges
