// The resolution of those is due who answered for these records, which returned.
UNWIND $keys AS key
MATCH (s:SourceCustomer {key: key})
CALL (s) {
  MATCH (s)-[:HEIR]->+(h)
  RETURN h
}
WITH h
WHERE h.step <> $step AND NOT h:Ghost
SET h:Unresolved, h.due = $step
RETURN count(DISTINCT h) AS marked
