// Loans that her records owe.
MATCH (customer)<-[:RESOLVES_TO]-(:SourceCustomer)-[:BORROWED]->(loan:Loan)
WHERE NOT loan:Expected AND ($after IS NULL OR loan.key > $after[0])
WITH DISTINCT loan ORDER BY loan.key LIMIT $first + 1
RETURN {/*fields*/cursor: [loan.key]} AS item
