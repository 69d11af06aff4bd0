// What would be left of the values of one record that too many share or claim if it had gone. More holders than a hub
// are not counted.
MATCH (s:SourceCustomer {key: $key})-[e/*held or claimed*/]->(i:Identifier)
WHERE (i.suppressed = $reason OR i.crowded IS NOT NULL) AND COUNT { (i)<-[/*held*/]-() } <= $hub + 1
CALL (s, i) {
  MATCH (i)<-[/*held*/]-(o:SourceCustomer)
  WHERE o <> s
  RETURN count(*) AS holders, count(DISTINCT o.canonical_name) + count(*) - count(o.canonical_name) AS people
}
RETURN
  i.key AS key, i.kind AS kind, i.placeholder AS placeholder, i.standing AS standing, holders, people,
  COUNT { (i)<-[/*claimed*/]-() } - toInteger(type(e) STARTS WITH 'CLAIMS_') AS claimants
