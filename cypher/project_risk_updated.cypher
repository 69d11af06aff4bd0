// When any source last scored her.
MATCH (customer)<-[:RESOLVES_TO]-(:SourceCustomer)-[:SCORED]->(last:RiskScore)
WHERE NOT last:Expected
WITH last.at AS at ORDER BY at DESC LIMIT 1
RETURN toString(at) AS item
