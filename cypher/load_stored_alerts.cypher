// What is stored of these alerts, with the edges that come from their own rows.
UNWIND $keys AS key
MATCH (n:FraudAlert {key: key})
RETURN
  n.key AS key, n.hash AS hash, n.updated_at AS updated_at,
  [(n)-[e:ABOUT]->(c:SourceCustomer) | {id: elementId(e), type: 'ABOUT', start: n.key, end: c.key, role: null}] +
  [(n)-[e:REFERS_TO]->(r:Reference) | {id: elementId(e), type: 'REFERS_TO', start: n.key, end: r.key, role: e.as}] AS edges,
  [(n)-[e:ABOUT]->() WHERE e.reference IS NOT NULL | {id: elementId(e), reference: e.reference}] AS derived
