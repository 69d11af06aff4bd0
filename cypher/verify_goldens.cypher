// What these customers are, and where they lead.
UNWIND $ids AS id
MATCH (g:GlobalCustomer {gcid: id})
RETURN g.gcid AS id, g.status AS status, g.hash AS hash, [(g)-[:MERGED_INTO]->(into:GlobalCustomer) | into.gcid] AS into
