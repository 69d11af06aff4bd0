// Any id ever issued leads to the customer whose member is the record that was born with it.
MATCH (:GlobalCustomer {gcid: $gcid})
MATCH (:SourceCustomer {birth_id: $gcid})-[:RESOLVES_TO]->(customer:GlobalCustomer)
WITH customer, CASE WHEN customer.gcid <> $gcid THEN $gcid END AS requested_id
RETURN {/*fields*/} AS item
