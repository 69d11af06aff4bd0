// Who has the role.
MATCH (party:SourceCustomer)-[:PLAYS]->(role)
WHERE NOT party:Expected AND NOT party:Ghost
OPTIONAL MATCH (party)-[:RESOLVES_TO]->(who:GlobalCustomer)
WITH party, who ORDER BY party.key LIMIT 1
RETURN {/*fields*/} AS item
