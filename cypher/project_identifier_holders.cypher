// Those of her records that hold it; others' records are not told.
MATCH (customer)<-[:RESOLVES_TO]-(holder:SourceCustomer)-[held_by]->(identifier)
WHERE type(held_by) STARTS WITH 'HAS_'
WITH DISTINCT holder.key AS key ORDER BY key
RETURN key AS item
