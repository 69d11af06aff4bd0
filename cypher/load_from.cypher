// From which device a login or a session came.
UNWIND $rows AS row
MATCH (start:Login|Session {key: row.start})
MATCH (end:Device {key: row.end})
CREATE (start)-[:FROM]->(end)
