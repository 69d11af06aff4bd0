// The account on the other side, ours or not, by the number that the booking names.
MATCH (transaction)-[:COUNTERPARTY]->(other:Account|ExternalAccount)
WITH other ORDER BY other.key LIMIT 1
RETURN other.number AS item
