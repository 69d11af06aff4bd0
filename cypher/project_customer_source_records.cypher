// Her records, as the systems say them, and since when they are hers.
MATCH (customer)<-[membership:RESOLVES_TO]-(record:SourceCustomer)
WITH membership, record ORDER BY record.key
RETURN {/*fields*/} AS item
