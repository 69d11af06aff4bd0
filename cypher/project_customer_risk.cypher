// The latest score of each table of each source; the highest of them speaks for her.
MATCH (customer)<-[:RESOLVES_TO]-(:SourceCustomer)-[:SCORED]->(scoring:RiskScore)
WHERE NOT scoring:Expected
WITH DISTINCT scoring.system AS scorer, split(scoring.key, '|')[1] AS scores
WITH head(COLLECT {
  MATCH (customer)<-[:RESOLVES_TO]-(:SourceCustomer)-[:SCORED]->(latest:RiskScore {system: scorer})
  WHERE NOT latest:Expected AND split(latest.key, '|')[1] = scores
  WITH latest ORDER BY latest.at DESC, latest.key LIMIT 1
  RETURN latest
}) AS highest
ORDER BY highest.score DESC, highest.key LIMIT 1
RETURN {/*fields*/} AS item
