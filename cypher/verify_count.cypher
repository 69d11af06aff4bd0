// How many records have arrived, present or gone.
MATCH (s:SourceCustomer)
WHERE s.birth_id IS NOT NULL
RETURN count(s) AS records
