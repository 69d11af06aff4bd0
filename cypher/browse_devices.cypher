// Devices of several people
// Used or registered by more than one customer.
MATCH (device:Device)
WHERE NOT device:Expected AND COUNT {
  MATCH (device)<-[:REGISTERED|FROM|LOGGED_IN*1..2]-(:SourceCustomer)-[:RESOLVES_TO]->(person:GlobalCustomer)
  RETURN DISTINCT person
} > 1
WITH device LIMIT 25
CALL (device) {
  MATCH path = (device)<-[:REGISTERED|FROM|LOGGED_IN*1..2]-(theirs:SourceCustomer)-[:RESOLVES_TO]->(:GlobalCustomer)
  // One path a record is enough: that it registered the device, else one of its logins.
  WITH theirs, path ORDER BY length(path)
  WITH theirs, head(collect(path)) AS path
  RETURN path LIMIT 10
}
RETURN path LIMIT 250
