// Loans that are repaid from it.
MATCH (account)<-[:REPAID_FROM]-(loan:Loan)
WHERE NOT loan:Expected
WITH loan ORDER BY loan.key
RETURN {/*fields*/} AS item
