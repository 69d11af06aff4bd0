// Risk scores that these steps wrote, with who was scored.
MATCH (r:RiskScore)
WHERE r.step > $after AND r.step <= $upto
RETURN
  r.key AS key, r.system AS system, toString(r.at) AS at, r.score AS score, r.level AS level,
  head([(s:SourceCustomer)-[:SCORED]->(r) | s.birth_id]) AS record
