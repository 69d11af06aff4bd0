// Ghosts whose key belongs to somebody else, who is about to be written.
UNWIND $keys AS key
MATCH (n:SourceCustomer {key: key})
SET n.key = 'former|' + n.birth_id
