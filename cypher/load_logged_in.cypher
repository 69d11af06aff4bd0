// Who logged in.
UNWIND $rows AS row
MATCH (start:SourceCustomer {key: row.start})
MATCH (end:Login {key: row.end})
CREATE (start)-[:LOGGED_IN]->(end)
