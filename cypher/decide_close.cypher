// A decision that stands no more.
MATCH (d:Decision {id: $id})
DETACH DELETE d
