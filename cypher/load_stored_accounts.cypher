// What is stored of these accounts, with the edges that come from their own rows.
UNWIND $keys AS key
MATCH (n:Account {key: key})
RETURN
  n.key AS key, n.hash AS hash, n.updated_at AS updated_at, n.number AS number,
  [(o:SourceCustomer)-[e:OWNS]->(n) | {id: elementId(e), type: 'OWNS', start: o.key, end: n.key, role: e.role}] AS edges
