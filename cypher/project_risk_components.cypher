// The latest score of each table of each source, by source.
MATCH (customer)<-[:RESOLVES_TO]-(:SourceCustomer)-[:SCORED]->(scored:RiskScore)
WHERE NOT scored:Expected
WITH DISTINCT scored.system AS source, split(scored.key, '|')[1] AS scored_in ORDER BY source, scored_in
WITH scored_in, head(COLLECT {
  MATCH (customer)<-[:RESOLVES_TO]-(:SourceCustomer)-[:SCORED]->(newest:RiskScore {system: source})
  WHERE NOT newest:Expected AND split(newest.key, '|')[1] = scored_in
  WITH newest ORDER BY newest.at DESC, newest.key LIMIT 1
  RETURN newest
}) AS component
RETURN {/*fields*/} AS item
