// Whoever holds a value now; former holders and claims do not count.
MATCH (:Identifier {key: $key})<-[held]-(:SourceCustomer)-[:RESOLVES_TO]->(customer:GlobalCustomer)
WHERE type(held) STARTS WITH 'HAS_'
WITH DISTINCT customer, null AS requested_id ORDER BY customer.gcid LIMIT $first
RETURN {/*fields*/} AS item
