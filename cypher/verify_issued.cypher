// Those of these ids that lead nowhere: no customer has the name, or no record was born with it.
UNWIND $ids AS id
OPTIONAL MATCH (g:GlobalCustomer {gcid: id})
OPTIONAL MATCH (s:SourceCustomer {birth_id: id})
WITH id, g, s
WHERE g IS NULL OR s IS NULL
RETURN id
