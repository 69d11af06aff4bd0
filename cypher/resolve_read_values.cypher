// Every value, in pages by key: a change of policy counts anew whether it links.
MATCH (i:Identifier)
WHERE i.key > $after
RETURN i.key AS key
ORDER BY i.key
LIMIT $limit
