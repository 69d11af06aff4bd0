// Risk scores that waited for records which have arrived since.
UNWIND $ids AS id
MATCH (:SourceCustomer {birth_id: id})-[:SCORED]->(r:RiskScore)
WHERE r.step <= $after
RETURN r.key AS key, r.system AS system, toString(r.at) AS at, r.score AS score, r.level AS level, id AS record
