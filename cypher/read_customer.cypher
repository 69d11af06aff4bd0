// Who answers for an id ever issued: the customer that bears it; else where the record that was born with it, or its
// heir, and those who once bore it live now. Two rows: they live in several. None: the id is closed, or never was.
MATCH (asked:GlobalCustomer {gcid: $gcid})
CALL (asked) {
  WITH asked WHERE EXISTS { (asked)<-[:RESOLVES_TO]-(:SourceCustomer) }
  RETURN asked AS customer
UNION
  WITH asked WHERE NOT EXISTS { (asked)<-[:RESOLVES_TO]-(:SourceCustomer) }
  MATCH (:SourceCustomer {birth_id: $gcid})-[:HEIR*0..]->(:SourceCustomer)-[:RESOLVES_TO]->(customer:GlobalCustomer)
  RETURN customer
UNION
  WITH asked WHERE NOT EXISTS { (asked)<-[:RESOLVES_TO]-(:SourceCustomer) }
  MATCH (asked)<-[:WAS_RESOLVED_TO]-(:SourceCustomer)-[:RESOLVES_TO]->(customer:GlobalCustomer)
  RETURN customer
}
WITH customer, CASE WHEN customer.gcid <> $gcid THEN $gcid END AS requested_id ORDER BY customer.gcid LIMIT 2
RETURN {/*fields*/} AS item
