// Which customer a record is, and which it was.
UNWIND $rows AS row
MATCH (s:SourceCustomer {birth_id: row.record})
MATCH (g:GlobalCustomer {gcid: row.gcid})
CREATE (s)-[r:$(row.type)]->(g)
SET r = row.properties
