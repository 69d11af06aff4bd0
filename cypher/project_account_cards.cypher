// Cards that draw on it.
MATCH (account)<-[:DRAWS_ON]-(card:Card)
WHERE NOT card:Expected
WITH card ORDER BY card.key
RETURN {/*fields*/} AS item
