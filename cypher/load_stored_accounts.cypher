// What is stored of these accounts, with the edges that come from their own rows.
// Of those whose hash has not changed, no edges.
UNWIND $rows AS row
MATCH (n:Account {key: row.key})
WITH n, n.hash IS NULL OR n.hash <> row.hash AS news
RETURN
  n.key AS key, n.hash AS hash, n.updated_at AS updated_at, n.number AS number,
  [(o:SourceCustomer)-[e:OWNS]->(n) WHERE news | {id: elementId(e), type: 'OWNS', start: o.key, end: n.key, role: e.role}] AS edges
