// The keys of what a case is about.
MATCH (matter)-[:ABOUT]->(about)
WHERE NOT about:Expected
WITH about.key AS key ORDER BY key
RETURN key AS item
