// The same for values with an edge that opened or closed, unless they are suppressed: nobody meets through those.
UNWIND $keys AS key
MATCH (i:Identifier {key: key})
  <-[:HAS_NATIONAL_ID|HAS_PASSPORT|HAS_TAX_PIN|HAS_DOCUMENT|HAS_PHONE|HAS_EMAIL
     |CLAIMS_NATIONAL_ID|CLAIMS_PASSPORT|CLAIMS_TAX_PIN|CLAIMS_DOCUMENT|CLAIMS_PHONE|CLAIMS_EMAIL]-
  (s:SourceCustomer)
WHERE i.suppressed IS NULL AND s.step <> $step
SET s:Unresolved
RETURN count(DISTINCT s) AS marked
