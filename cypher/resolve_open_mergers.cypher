// A customer without members leads, in one hop, to where its founder record lives.
UNWIND $rows AS row
MATCH (gone:GlobalCustomer {gcid: row.from})
MATCH (into:GlobalCustomer {gcid: row.to})
CREATE (gone)-[:MERGED_INTO {at: $at, step: $step}]->(into)
