// References whose target has not arrived.
UNWIND $rows AS row
MATCH (r:Reference {key: row.key})
SET r.state = row.state, r.target = row.target, r:Expected
