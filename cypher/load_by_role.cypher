// What a role makes of its holder, as a person would type it: (holder)-[:DIRECTOR_OF]->(company). The role is evidence.
UNWIND $rows AS row
MATCH (start:SourceCustomer {key: row.start})
MATCH (end:SourceCustomer|Account {key: row.end})
CREATE (start)-[:$(row.type) {role: row.role, role_key: row.by}]->(end)
