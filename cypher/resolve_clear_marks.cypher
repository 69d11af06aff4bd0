// These records are resolved: in the same transaction as what it came to.
UNWIND $records AS key
MATCH (s:SourceCustomer {key: key})
REMOVE s:Unresolved, s.due
