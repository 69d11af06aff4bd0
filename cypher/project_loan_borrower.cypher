// Whose record owes a loan.
MATCH (loan)<-[:BORROWED]-(borrower:SourceCustomer)
WHERE NOT borrower:Expected
WITH borrower.key AS key ORDER BY key LIMIT 1
RETURN key AS item
