// Records whose resolution is due, a step's worth of them.
MATCH (s:SourceCustomer:Unresolved)
WHERE NOT s:Expected
RETURN s.key AS key
LIMIT $limit
