// The keys of her records and accounts that a report is about; it is about others too.
MATCH (customer)<-[:RESOLVES_TO]-(:SourceCustomer)-[:OWNS*0..1]->(covered)<-[:COVERS]-(report)
WHERE NOT covered:Expected
WITH DISTINCT covered.key AS key ORDER BY key
RETURN key AS item
