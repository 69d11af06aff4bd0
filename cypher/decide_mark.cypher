// The resolution of those whom a decision concerns is due; of one that left, of who answers for it.
UNWIND $birth_ids AS birth_id
MATCH (:SourceCustomer {birth_id: birth_id})-[:HEIR*0..]->(s:SourceCustomer)
WHERE NOT s:Ghost
SET s:Unresolved, s.due = $step
