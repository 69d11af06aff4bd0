// Risk scores that these steps wrote, with who was scored.
MATCH (r:RiskScore)
WHERE r.step > $after AND r.step <= $upto
RETURN collect({
  key: r.key, system: r.system, at: toString(r.at), score: r.score, level: r.level,
  record: head([(s:SourceCustomer)-[:SCORED]->(r) | s.birth_id])
}) AS rows
