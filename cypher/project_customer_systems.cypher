// The systems that know her.
MATCH (customer)<-[:RESOLVES_TO]-(record:SourceCustomer)
WITH DISTINCT record.system AS system ORDER BY system
RETURN system AS item
