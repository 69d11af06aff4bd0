// What is stored of these accounts, with the edges that come from their own rows, not those that roles say.
// Of those whose hash has not changed, no edges; a row without a hash asks for a departure.
UNWIND $rows AS row
MATCH (n:Account {key: row.key})
WITH n, n.hash IS NULL OR row.hash IS NULL OR n.hash <> row.hash AS news
RETURN
  n.key AS key, elementId(n) AS id, n.hash AS hash, n.updated_at AS updated_at, n.number AS number,
  [
    (o:SourceCustomer)-[e:OWNS]->(n) WHERE news AND e.role_key IS NULL
    | {id: elementId(e), far: elementId(o), type: 'OWNS', start: o.key, end: n.key, role: e.role}
  ] AS edges
