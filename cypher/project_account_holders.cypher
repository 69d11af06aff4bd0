// Who may dispose of it, each by every row that says so: its own, or a role.
MATCH (holder:SourceCustomer)-[holds:OWNS|SIGNATORY_OF]->(account)
WHERE NOT holder:Expected AND NOT holder:Ghost
OPTIONAL MATCH (holder)-[:RESOLVES_TO]->(whose:GlobalCustomer)
WITH holder, holds, whose, CASE type(holds) WHEN 'OWNS' THEN holds.role ELSE 'signatory' END AS held_as
ORDER BY holds.role_key IS NOT NULL, holder.key, holds.role_key
RETURN {/*fields*/} AS item
