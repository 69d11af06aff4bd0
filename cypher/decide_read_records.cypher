// Whom these keys name: records that are here, and those that left, about whom decisions sleep until they return.
UNWIND $keys AS key
MATCH (s:SourceCustomer {key: key})
WHERE s.birth_id IS NOT NULL AND NOT s:Erased
RETURN s.key AS key, s.birth_id AS birth_id
