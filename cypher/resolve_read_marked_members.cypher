// Records whose resolution is due and that belong to a customer already.
MATCH (s:SourceCustomer:Unresolved)
WHERE NOT s:Expected AND (s)-[:RESOLVES_TO]->(:GlobalCustomer)
RETURN s.key AS key
