// What is stored of these logins, with the edges that come from their own rows.
// Of those whose hash has not changed, no edges; a row without a hash asks for a departure.
UNWIND $rows AS row
MATCH (n:Login {key: row.key})
WITH n, n.hash IS NULL OR row.hash IS NULL OR n.hash <> row.hash AS news
RETURN
  n.key AS key, elementId(n) AS id, n.hash AS hash, n.updated_at AS updated_at,
  [
    (c:SourceCustomer)-[e:LOGGED_IN]->(n) WHERE news
    | {id: elementId(e), far: elementId(c), type: 'LOGGED_IN', start: c.key, end: n.key, role: null}
  ] +
  [
    (n)-[e:FROM]->(d:Device) WHERE news
    | {id: elementId(e), far: elementId(d), type: 'FROM', start: n.key, end: d.key, role: null}
  ] AS edges
