// The accepted links of some records, since when each has been one, and who decided it.
UNWIND $keys AS key
MATCH (a:SourceCustomer {key: key})-[l:LINKED]->(b:SourceCustomer)
RETURN
  a.key AS a, b.key AS b, l.kind AS kind, l.identifier AS identifier, l.stage AS stage, l.valid_from AS since
