// Every record that has arrived, in pages by key: where a full resolution begins its components.
MATCH (s:SourceCustomer)
WHERE s.key > $after AND NOT s:Expected
RETURN s.key AS key
ORDER BY s.key
LIMIT $limit
