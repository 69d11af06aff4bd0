// The resolution of all whom these values link, or did, is due. What this step loaded is marked already. Through values
// that are suppressed before and after nobody meets: only with ``suppressed`` are they looked at.
UNWIND $keys AS key
MATCH (i:Identifier {key: key})
WHERE $suppressed OR i.suppressed IS NULL
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
