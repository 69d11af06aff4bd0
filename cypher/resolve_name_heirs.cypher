// Who answers from now on for a record that left.
UNWIND $rows AS row
MATCH (g:SourceCustomer {key: row.key})
MATCH (h:SourceCustomer {key: row.heir})
CREATE (g)-[:HEIR {at: $at, step: $step}]->(h)
