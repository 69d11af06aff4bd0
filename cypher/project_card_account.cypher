// On which account a card draws.
MATCH (card)-[:DRAWS_ON]->(drawn_on:Account)
WHERE NOT drawn_on:Expected
WITH drawn_on.key AS key ORDER BY key LIMIT 1
RETURN key AS item
