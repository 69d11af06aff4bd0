// The channel that saw the booking first.
MATCH (seen:Sighting)-[:OF]->(transaction)
WHERE NOT seen:Expected
WITH seen ORDER BY seen.at, seen.key LIMIT 1
RETURN seen.channel AS item
