// Who carries a card.
UNWIND $rows AS row
MATCH (start:SourceCustomer {key: row.start})
MATCH (end:Card {key: row.end})
CREATE (start)-[:CARRIES]->(end)
