// Risk scores that waited for records which have arrived since.
UNWIND $ids AS id
MATCH (:SourceCustomer {birth_id: id})-[:SCORED]->(r:RiskScore)
WHERE r.step <= $after
RETURN collect({
  key: r.key, system: r.system, at: toString(r.at), score: r.score, level: r.level, record: id
}) AS rows
