// What is stored of these risk scores, with the edges that come from their own rows.
UNWIND $keys AS key
MATCH (n:RiskScore {key: key})
RETURN
  n.key AS key, n.hash AS hash, n.updated_at AS updated_at,
  [(c:SourceCustomer)-[e:SCORED]->(n) | {id: elementId(e), type: 'SCORED', start: c.key, end: n.key, role: null}] AS edges
