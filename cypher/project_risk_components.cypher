// The latest score of each source, by source.
MATCH (customer)<-[:RESOLVES_TO]-(:SourceCustomer)-[:SCORED]->(scored:RiskScore)
WHERE NOT scored:Expected
WITH DISTINCT scored.system AS source ORDER BY source
WITH head(COLLECT {
  MATCH (customer)<-[:RESOLVES_TO]-(:SourceCustomer)-[:SCORED]->(newest:RiskScore {system: source})
  WHERE NOT newest:Expected
  WITH newest ORDER BY newest.at DESC, newest.key LIMIT 1
  RETURN newest
}) AS component
RETURN {/*fields*/} AS item
