// From which device a login came.
UNWIND $rows AS row
MATCH (start:Login {key: row.start})
MATCH (end:Device {key: row.end})
CREATE (start)-[:FROM]->(end)
