// For each of some ids, in their order, what read_customer answers; `unanswered` tells why there is no one customer.
UNWIND range(0, size($gcids) - 1) AS place
WITH place, $gcids[place] AS gcid
WITH place, gcid, COLLECT {
  MATCH (customer:GlobalCustomer {gcid: gcid})
  WHERE EXISTS { (customer)<-[:RESOLVES_TO]-(:SourceCustomer) }
  RETURN customer
UNION
  MATCH (asked:GlobalCustomer {gcid: gcid})
  WHERE NOT EXISTS { (asked)<-[:RESOLVES_TO]-(:SourceCustomer) }
  MATCH (:SourceCustomer {birth_id: gcid})-[:HEIR*0..]->(:SourceCustomer)-[:RESOLVES_TO]->(customer:GlobalCustomer)
  RETURN customer
UNION
  MATCH (asked:GlobalCustomer {gcid: gcid})
  WHERE NOT EXISTS { (asked)<-[:RESOLVES_TO]-(:SourceCustomer) }
  MATCH (asked)<-[:WAS_RESOLVED_TO]-(:SourceCustomer)-[:RESOLVES_TO]->(customer:GlobalCustomer)
  RETURN customer
} AS answering
WITH place, size(answering) AS number, head(answering) AS customer, gcid
WITH place, number, customer, CASE WHEN customer.gcid <> gcid THEN gcid END AS requested_id ORDER BY place
RETURN CASE number WHEN 0 THEN {unanswered: 'NOT_FOUND'} WHEN 1 THEN {/*fields*/} ELSE {unanswered: 'CONFLICT'} END AS item
