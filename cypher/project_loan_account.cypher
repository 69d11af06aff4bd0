// From which account a loan is repaid.
MATCH (loan)-[:REPAID_FROM]->(repaid_from:Account)
WHERE NOT repaid_from:Expected
WITH repaid_from.key AS key ORDER BY key LIMIT 1
RETURN key AS item
