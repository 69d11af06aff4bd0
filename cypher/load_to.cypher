// Which partner a consent was given to.
UNWIND $rows AS row
MATCH (start:Consent {key: row.start})
MATCH (end:Partner {key: row.end})
CREATE (start)-[:TO]->(end)
