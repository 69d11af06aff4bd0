// The keys of these records, also of those that left; an erased one has none, and a key may have been given away.
UNWIND $birth_ids AS birth_id
MATCH (s:SourceCustomer {birth_id: birth_id})
WHERE NOT s:Erased AND NOT s.key STARTS WITH 'former|'
RETURN s.birth_id AS birth_id, s.key AS key
