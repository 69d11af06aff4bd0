// Of all her accounts, newest first.
MATCH (customer)<-[:RESOLVES_TO]-(:SourceCustomer)-[:OWNS]->(account:Account)
WHERE NOT account:Expected
WITH DISTINCT account
MATCH (account)-[:POSTED]->(transaction:Transaction)
WHERE NOT transaction:Expected AND ($after IS NULL OR transaction.at < datetime($after[0])
  OR (transaction.at = datetime($after[0]) AND transaction.key > $after[1]))
WITH account, transaction ORDER BY transaction.at DESC, transaction.key LIMIT $first + 1
RETURN {/*fields*/cursor: [toString(transaction.at), transaction.key]} AS item
