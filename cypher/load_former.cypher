// Ghosts whose key belongs to somebody else from now on.
UNWIND $ids AS id
MATCH (n:SourceCustomer {birth_id: id})
SET n.key = 'former|' + id
