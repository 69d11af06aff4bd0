// What is stored of these transactions, with the edges that come from their own rows.
UNWIND $keys AS key
MATCH (n:Transaction {key: key})
RETURN
  n.key AS key, n.hash AS hash, n.updated_at AS updated_at, n.reference AS number,
  [(a:Account)-[e:POSTED]->(n) | {id: elementId(e), type: 'POSTED', start: a.key, end: n.key, role: null}] +
  [(n)-[e:REFERS_TO]->(r:Reference) | {id: elementId(e), type: 'REFERS_TO', start: n.key, end: r.key, role: e.as}] AS edges,
  [(n)-[e:COUNTERPARTY]->() WHERE e.reference IS NOT NULL | {id: elementId(e), reference: e.reference}] AS derived
