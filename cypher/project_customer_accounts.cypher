// Accounts that her records own, each once, with the first of her records that owns it: by its own row, else jointly.
MATCH (customer)<-[:RESOLVES_TO]-(:SourceCustomer)-[:OWNS]->(account:Account)
WHERE NOT account:Expected AND ($after IS NULL OR account.key > $after[0])
WITH DISTINCT account ORDER BY account.key LIMIT $first + 1
WITH account, head(COLLECT {
  MATCH (customer)<-[:RESOLVES_TO]-(owner:SourceCustomer)-[owns:OWNS]->(account)
  WITH owns, owner ORDER BY owns.role_key IS NOT NULL, owner.key LIMIT 1
  RETURN {role: owns.role, owner: owner.key}
}) AS holding
RETURN {/*fields*/cursor: [account.key]} AS item
