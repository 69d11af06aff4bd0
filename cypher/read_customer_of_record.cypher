// Any id ever issued leads to the customer of the record that was born with it, or of its heir if it left; none: closed.
MATCH (:GlobalCustomer {gcid: $gcid})
MATCH (:SourceCustomer {birth_id: $gcid})-[:HEIR*0..]->(:SourceCustomer)-[:RESOLVES_TO]->(customer:GlobalCustomer)
WITH customer, CASE WHEN customer.gcid <> $gcid THEN $gcid END AS requested_id
RETURN {/*fields*/} AS item
