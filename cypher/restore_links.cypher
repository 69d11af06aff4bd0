// The spanning forest and the refused links.
UNWIND $rows AS row
MATCH (a:SourceCustomer {birth_id: row.a})
MATCH (b:SourceCustomer {birth_id: row.b})
CREATE (a)-[l:$(row.type)]->(b)
SET l = row.properties
