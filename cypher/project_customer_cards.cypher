// Cards that her records carry.
MATCH (customer)<-[:RESOLVES_TO]-(:SourceCustomer)-[:CARRIES]->(card:Card)
WHERE NOT card:Expected AND ($after IS NULL OR card.key > $after[0])
WITH DISTINCT card ORDER BY card.key LIMIT $first + 1
RETURN {/*fields*/cursor: [card.key]} AS item
