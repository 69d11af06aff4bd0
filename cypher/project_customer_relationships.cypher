// Roles that she has, and roles that others have towards her records or the accounts that she owns.
MATCH (customer)<-[:RESOLVES_TO]-(:SourceCustomer)-[:PLAYS|TOWARDS|OWNS*1..2]-(role:Role)
WHERE NOT role:Expected AND ($after IS NULL OR role.key > $after[0])
WITH DISTINCT role ORDER BY role.key LIMIT $first + 1
RETURN {/*fields*/cursor: [role.key]} AS item
