// The resolution of all who hold or claim these values is due. What this step loaded is marked already.
UNWIND $keys AS key
MATCH (:Identifier {key: key})
  <-[:HAS_NATIONAL_ID|HAS_PASSPORT|HAS_TAX_PIN|HAS_DOCUMENT|HAS_PHONE|HAS_EMAIL
     |CLAIMS_NATIONAL_ID|CLAIMS_PASSPORT|CLAIMS_TAX_PIN|CLAIMS_DOCUMENT|CLAIMS_PHONE|CLAIMS_EMAIL]-
  (s:SourceCustomer)
WHERE s.step <> $step
SET s:Unresolved
RETURN count(DISTINCT s) AS marked
