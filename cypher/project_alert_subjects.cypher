// The keys of what an alert is about.
MATCH (alert)-[:ABOUT]->(about)
WHERE NOT about:Expected
WITH about.key AS key ORDER BY key
RETURN key AS item
