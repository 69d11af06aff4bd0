// Decisions that stand from now on, each tied to all that it concerns.
UNWIND $rows AS row
CREATE (d:Decision)
SET d = row.decision
WITH d, row
CALL (d, row) {
  UNWIND row.records AS concerned
  MATCH (s:SourceCustomer {birth_id: concerned.birth_id})
  CREATE (d)-[:CONCERNS {side: concerned.side}]->(s)
}
CALL (d, row) {
  MATCH (i:Identifier {key: row.value})
  CREATE (d)-[:CONCERNS {side: 'left'}]->(i)
}
