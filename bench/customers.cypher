// Whom the benchmark asks for: customers with accounts, in a fixed order.
MATCH (g:GlobalCustomer {status: 'current'})
WHERE EXISTS { (g)<-[:RESOLVES_TO]-(:SourceCustomer)-[:OWNS]->(:Account) }
RETURN g.gcid AS gcid
ORDER BY gcid
LIMIT $limit
