// The customer records that these references may mean: two are enough to know that it is not one.
UNWIND $keys AS key
MATCH (r:Reference {key: key})
RETURN
  r.key AS key, r.state AS state, r.target AS target,
  EXISTS { (r)<-[:REFERS_TO]-() } AS referred,
  false AS counterparty,
  COLLECT {
    MATCH (t:SourceCustomer {said_customer_number: r.value})
    USING INDEX t:SourceCustomer(said_customer_number)
    WHERE NOT t:Expected AND NOT t:Ghost
      AND (t.system = r.system OR r.system IS NULL)
    RETURN t.key LIMIT 2
  } AS targets
