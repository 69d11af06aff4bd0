// Who went through the menus of a channel.
UNWIND $rows AS row
MATCH (start:SourceCustomer {key: row.start})
MATCH (end:Session {key: row.end})
CREATE (start)-[:HAD_SESSION]->(end)
