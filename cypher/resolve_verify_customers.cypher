// Customers whose status is not true: current without members, merged with members, or leading nowhere or twice.
MATCH (g:GlobalCustomer)
WITH g, EXISTS { (g)<-[:RESOLVES_TO]-(:SourceCustomer) } AS alive,
  COUNT { (g)-[:MERGED_INTO]->(:GlobalCustomer) } AS mergers
WHERE g.status <> CASE WHEN alive THEN 'current' ELSE 'merged' END OR mergers <> CASE WHEN alive THEN 0 ELSE 1 END
RETURN g.gcid AS gcid, g.status AS status, alive, mergers
ORDER BY gcid
