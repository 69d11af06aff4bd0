// The resolution of all who hold or claim these values is due. What this step loaded is marked already.
UNWIND $keys AS key
MATCH (:Identifier {key: key})<-[/*held or claimed*/]-(s:SourceCustomer)
WHERE s.step <> $step
SET s:Unresolved, s.due = $step
RETURN count(DISTINCT s) AS marked
