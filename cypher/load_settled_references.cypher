// References that mean one target, or several and so none.
UNWIND $rows AS row
MATCH (r:Reference {key: row.key})
SET r.state = row.state, r.target = row.target
REMOVE r:Expected
