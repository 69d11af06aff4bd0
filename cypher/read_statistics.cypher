// Counts of the whole graph, from the count store; stubs of what has not arrived are not counted.
RETURN
  COUNT { (:SourceCustomer) } - COUNT { (:Expected:SourceCustomer) } AS source_records,
  COUNT { (c:GlobalCustomer) WHERE c.status = 'current' } AS global_customers,
  COUNT { (:Identifier) } AS identifiers,
  COUNT { (:Account) } - COUNT { (:Expected:Account) } AS accounts,
  COUNT { (:Transaction) } - COUNT { (:Expected:Transaction) } AS transactions,
  COUNT { (:Login) } - COUNT { (:Expected:Login) } AS logins,
  COUNT { (:FraudAlert) } - COUNT { (:Expected:FraudAlert) } AS alerts,
  COUNT { (r:Reference) WHERE r.state = 'waiting' } AS waiting,
  COUNT { (r:Reference) WHERE r.state = 'ambiguous' } AS ambiguous
