// Who answers for a record that left.
UNWIND $rows AS row
MATCH (ghost:SourceCustomer {birth_id: row.ghost})
MATCH (heir:SourceCustomer {birth_id: row.heir})
CREATE (ghost)-[h:HEIR]->(heir)
SET h = row.properties
