// Ids that were given out and now lead here: those of her records that once named a customer of their own.
MATCH (customer)<-[:RESOLVES_TO]-(record:SourceCustomer)
MATCH (previous:GlobalCustomer {gcid: record.birth_id})
WHERE previous <> customer
WITH previous.gcid AS gcid ORDER BY gcid
RETURN gcid AS item
