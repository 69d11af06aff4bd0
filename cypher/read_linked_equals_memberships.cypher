// Customers whose members are not exactly one component over LINKED: none, if all is well.
MATCH (g:GlobalCustomer)<-[:RESOLVES_TO]-(s:SourceCustomer)
WITH g, collect(s) AS members
WITH g, members, head(members) AS first
MATCH (first)-[:LINKED*0..]-(reached)
WITH g, members, collect(DISTINCT reached) AS component
WHERE size(component) <> size(members) OR any(r IN component WHERE NOT EXISTS { (r)-[:RESOLVES_TO]->(g) })
RETURN g.gcid AS gcid, size(members) AS members, size(component) AS linked
ORDER BY gcid
