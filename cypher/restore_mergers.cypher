// Where a customer without members leads.
UNWIND $rows AS row
MATCH (gone:GlobalCustomer {gcid: row.from})
MATCH (into:GlobalCustomer {gcid: row.to})
CREATE (gone)-[m:MERGED_INTO]->(into)
SET m = row.properties
