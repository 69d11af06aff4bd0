// The customer records that hold the national id which these references name: two are enough to know that it is not one.
UNWIND $keys AS key
MATCH (r:Reference {key: key})
RETURN
  r.key AS key, r.state AS state, r.target AS target,
  EXISTS { (r)<-[:REFERS_TO]-() } AS referred,
  false AS counterparty,
  COLLECT {
    MATCH (i:Identifier {key: r.value})<-[:HAS_NATIONAL_ID]-(t:SourceCustomer)
    WHERE NOT t:Ghost
      AND (t.system = r.system OR r.system IS NULL)
    RETURN t.key LIMIT 2
  } AS targets
