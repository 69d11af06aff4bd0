// Towards whom, or towards which account and so towards its holder, she has the role.
MATCH (role)-[:TOWARDS]->(party:SourceCustomer|Account)
WHERE NOT party:Expected AND NOT party:Ghost
OPTIONAL MATCH (party)<-[owned:OWNS*0..1]-(:SourceCustomer)-[:RESOLVES_TO]->(who:GlobalCustomer)
WHERE all(holding IN owned WHERE holding.role_key IS NULL)
WITH party, who ORDER BY party.key, who.gcid
RETURN {/*fields*/} AS item
