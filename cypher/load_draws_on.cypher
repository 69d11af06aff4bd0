// On which account a card draws.
UNWIND $rows AS row
MATCH (start:Card {key: row.start})
MATCH (end:Account {key: row.end})
CREATE (start)-[:DRAWS_ON]->(end)
