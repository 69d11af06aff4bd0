// The same for values with an edge that opened or closed, unless they are suppressed: nobody meets through those.
UNWIND $keys AS key
MATCH (i:Identifier {key: key})
WHERE i.suppressed IS NULL
CALL (i) {
  MATCH (i)<-[/*held*/]-(s:SourceCustomer)
  RETURN s
  UNION
  MATCH (i)<-[/*claimed*/]-(s:SourceCustomer)
  WHERE i.crowded IS NULL
  RETURN s
}
WITH s
WHERE s.step <> $step
SET s:Unresolved, s.due = $step
RETURN count(DISTINCT s) AS marked
