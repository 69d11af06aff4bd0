// Her records, as the systems say them.
MATCH (customer)<-[:RESOLVES_TO]-(record:SourceCustomer)
WITH record ORDER BY record.key
RETURN {/*fields*/} AS item
