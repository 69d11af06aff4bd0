// Alerts: the latest
// With what each is about, and whom: from a transaction to its account, its owner and the person.
MATCH (alert:FraudAlert)
WHERE NOT alert:Expected
WITH alert ORDER BY alert.at DESC, alert.key LIMIT 25
CALL (alert) {
  MATCH path = (alert)
  RETURN path
  UNION
  MATCH path = (alert)-[:ABOUT]->(about)
  WHERE NOT about:Expected
  RETURN path LIMIT 5
  UNION
  MATCH path = (alert)-[:ABOUT]->()<-[:POSTED|OWNS*0..2]-(:SourceCustomer)-[:RESOLVES_TO]->(:GlobalCustomer)
  RETURN path LIMIT 5
}
RETURN path LIMIT 300
