// Whose record carries a card.
MATCH (card)<-[:CARRIES]-(carrier:SourceCustomer)
WHERE NOT carrier:Expected
WITH carrier.key AS key ORDER BY key LIMIT 1
RETURN key AS item
