// Roles whose edges have been deleted, because their time is over.
UNWIND $keys AS key
MATCH (n:Role {key: key})
REMOVE n.ends
