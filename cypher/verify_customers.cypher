// Customers, in pages by GCID, with all by which their laws are judged: members with what links them and the ghosts
// that they answer for, what forbids them to be one, where the record leads that gave the customer its name.
MATCH (g:GlobalCustomer)
WHERE g.gcid > $after
WITH g ORDER BY g.gcid LIMIT $limit
OPTIONAL MATCH (born:SourceCustomer {birth_id: g.gcid})
RETURN
  g.gcid AS key, g.status AS status,
  [(g)-[:MERGED_INTO]->(into:GlobalCustomer) | into.gcid] AS mergers,
  [(g)<-[:RESOLVES_TO]-(s:SourceCustomer) | {
    key: s.key, birth_id: s.birth_id, rank: s.rank, party_type: coalesce(s.party_type, 'unknown'),
    linked: [(s)-[l:LINKED]-(o:SourceCustomer) | [o.key, l.kind]],
    ghosts: [(s)<-[:HEIR*]-(ghost:SourceCustomer) | [ghost.rank, ghost.birth_id]],
    exclusive: [
      (s)-[/*held*/]->(i:Identifier)
      WHERE i.suppressed IS NULL AND i.kind IN $exclusive | [i.key, i.kind, i.country]
    ]
  }] AS members,
  born:Erased AS erased,
  [
    (born)-[:HEIR*0..]->(last:SourceCustomer)
    WHERE NOT EXISTS { (last)-[:HEIR]->() } | {gone: last:Ghost, lives: [(last)-[:RESOLVES_TO]->(c) | c.gcid]}
  ] AS answers
