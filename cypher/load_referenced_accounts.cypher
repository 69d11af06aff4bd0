// The accounts that these references may mean: two are enough to know that it is not one. Without a system, copies of
// accounts that another system keeps do not count.
UNWIND $keys AS key
MATCH (r:Reference {key: key})
RETURN
  r.key AS key, r.state AS state, r.target AS target,
  EXISTS { (r)<-[:REFERS_TO]-() } AS referred,
  EXISTS { (r)<-[:REFERS_TO {as: 'COUNTERPARTY'}]-() } AS counterparty,
  COLLECT {
    MATCH (t:Account {number: r.value})
    USING INDEX t:Account(number)
    WHERE NOT t:Expected
      AND (t.system = r.system OR r.system IS NULL AND t.authoritative)
    RETURN t.key LIMIT 2
  } AS targets
