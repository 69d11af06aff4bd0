// The latest score of each source; the highest of them speaks for her.
MATCH (customer)<-[:RESOLVES_TO]-(:SourceCustomer)-[:SCORED]->(scoring:RiskScore)
WHERE NOT scoring:Expected
WITH DISTINCT scoring.system AS scorer
WITH head(COLLECT {
  MATCH (customer)<-[:RESOLVES_TO]-(:SourceCustomer)-[:SCORED]->(latest:RiskScore {system: scorer})
  WHERE NOT latest:Expected
  WITH latest ORDER BY latest.at DESC, latest.key LIMIT 1
  RETURN latest
}) AS highest
ORDER BY highest.score DESC, highest.key LIMIT 1
RETURN {/*fields*/} AS item
