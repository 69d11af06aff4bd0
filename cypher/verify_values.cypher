// Values with what stewards say of them, in pages by key.
MATCH (i:Identifier)
WHERE i.key > $after
RETURN i.key AS key, i.standing AS standing
ORDER BY i.key
LIMIT $limit
