// What is stored of these reports, with the edges that come from their own rows.
// Of those whose hash has not changed, no edges; a row without a hash asks for a departure.
UNWIND $rows AS row
MATCH (n:Report {key: row.key})
WITH n, n.hash IS NULL OR row.hash IS NULL OR n.hash <> row.hash AS news
RETURN
  n.key AS key, elementId(n) AS id, n.hash AS hash, n.updated_at AS updated_at,
  [
    (n)-[e:COVERS]->(o) WHERE news
    | {id: elementId(e), far: elementId(o), type: 'COVERS', start: n.key, end: o.key, role: null}
  ] AS edges
