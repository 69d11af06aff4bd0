// The values that her records hold now, each once.
MATCH (customer)<-[:RESOLVES_TO]-(:SourceCustomer)-[held]->(identifier:Identifier)
WHERE type(held) STARTS WITH 'HAS_'
WITH DISTINCT identifier ORDER BY identifier.kind, identifier.key
RETURN {/*fields*/} AS item
