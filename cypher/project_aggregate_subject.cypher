// The key of the record or account that an aggregate describes.
MATCH (aggregate)-[:SUMS_UP]->(described)
WHERE NOT described:Expected
WITH described.key AS key ORDER BY key
RETURN key AS item
