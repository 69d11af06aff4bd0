// The same for values with an edge that opened or closed, unless they are suppressed: nobody meets through those.
UNWIND $keys AS key
MATCH (i:Identifier {key: key})<-[/*held or claimed*/]-(s:SourceCustomer)
WHERE i.suppressed IS NULL AND s.step <> $step
SET s:Unresolved, s.due = $step
RETURN count(DISTINCT s) AS marked
