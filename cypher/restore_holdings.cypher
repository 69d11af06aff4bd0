// Who has a value and who had it, each with its time.
UNWIND $rows AS row
MATCH (s:SourceCustomer {birth_id: row.record})
MATCH (i:Identifier {key: row.identifier})
CREATE (s)-[e:$(row.type)]->(i)
SET e = row.properties
