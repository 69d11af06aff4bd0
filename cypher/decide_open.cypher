// A decision that stands from now on, tied to all that it concerns.
CREATE (d:Decision)
SET d = $decision
WITH d
CALL (d) {
  UNWIND $records AS row
  MATCH (s:SourceCustomer {birth_id: row.birth_id})
  CREATE (d)-[:CONCERNS {side: row.side}]->(s)
}
CALL (d) {
  MATCH (i:Identifier {key: $value})
  CREATE (d)-[:CONCERNS {side: 'left'}]->(i)
}
