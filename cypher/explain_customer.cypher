// One customer: its members, or where its id leads now.
MATCH (g:GlobalCustomer {gcid: $gcid})
RETURN
  g.gcid AS gcid,
  g.status AS status,
  [(g)-[:MERGED_INTO]->(into:GlobalCustomer) | into.gcid] AS into,
  [(g)<-[:RESOLVES_TO]-(s:SourceCustomer) | s.key] AS members
