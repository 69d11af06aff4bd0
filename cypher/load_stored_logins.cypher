// What is stored of these logins, with the edges that come from their own rows.
UNWIND $keys AS key
MATCH (n:Login {key: key})
RETURN
  n.key AS key, n.hash AS hash, n.updated_at AS updated_at,
  [(c:SourceCustomer)-[e:LOGGED_IN]->(n) | {id: elementId(e), type: 'LOGGED_IN', start: c.key, end: n.key, role: null}] +
  [(n)-[e:FROM]->(d:Device) | {id: elementId(e), type: 'FROM', start: n.key, end: d.key, role: null}] AS edges
