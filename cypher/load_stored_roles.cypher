// What is stored of these roles, with the edges that come from their own rows.
// Of those whose hash has not changed, no edges; a row without a hash asks for a departure.
UNWIND $rows AS row
MATCH (n:Role {key: row.key})
WITH n, n.hash IS NULL OR row.hash IS NULL OR n.hash <> row.hash AS news
RETURN
  n.key AS key, elementId(n) AS id, n.hash AS hash, n.updated_at AS updated_at,
  [
    (o:SourceCustomer)-[e:PLAYS]->(n) WHERE news
    | {id: elementId(e), far: elementId(o), type: 'PLAYS', start: o.key, end: n.key, role: null}
  ] +
  [
    (n)-[e:TOWARDS]->(o) WHERE news
    | {id: elementId(e), far: elementId(o), type: 'TOWARDS', start: n.key, end: o.key, role: null}
  ] +
  [
    (n)<-[:PLAYS]-(o:SourceCustomer)-[e/*role*/]->(t)<-[:TOWARDS]-(n)
    WHERE news AND e.role_key = n.key
    | {id: elementId(e), type: type(e), start: o.key, end: t.key, role: e.role, by: n.key}
  ] AS edges
