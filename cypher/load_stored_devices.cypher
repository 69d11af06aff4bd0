// What is stored of these devices, with the edges that come from their own rows.
UNWIND $keys AS key
MATCH (n:Device {key: key})
RETURN
  n.key AS key, n.hash AS hash, n.updated_at AS updated_at,
  [(o:SourceCustomer)-[e:REGISTERED]->(n) | {id: elementId(e), type: 'REGISTERED', start: o.key, end: n.key, role: null}] AS edges
