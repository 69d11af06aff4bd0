// The keys of what an activity was done to.
MATCH (activity)-[:ON]->(done_to)
WHERE NOT done_to:Expected
WITH done_to.key AS key ORDER BY key
RETURN key AS item
