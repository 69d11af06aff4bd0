// Whose present record has one of these keys. Two rows: records of two customers have them.
UNWIND $keys AS key
MATCH (record:SourceCustomer {key: key})-[:RESOLVES_TO]->(customer:GlobalCustomer)
WITH DISTINCT customer, null AS requested_id ORDER BY customer.gcid LIMIT 2
RETURN {/*fields*/} AS item
