// The resolution of those is due whom a standing *same* connects with these records, which changed.
UNWIND $keys AS key
MATCH (s:SourceCustomer {key: key})
CALL (s) {
  MATCH (s)<-[:CONCERNS]-(d {verdict: 'same'})-[:CONCERNS]->(o)
  RETURN o
}
WITH o
WHERE o.step <> $step AND NOT o:Ghost
SET o:Unresolved, o.due = $step
RETURN count(DISTINCT o) AS marked
