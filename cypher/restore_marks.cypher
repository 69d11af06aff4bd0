// The resolution of those is due whom a step concerned after the last one that left nothing due: records that changed
// or left, who has a value that they have or had, who is judged the same, who answered for one that returned; and
// whom later decisions are about.
CALL () {
  MATCH (s:SourceCustomer)
  WHERE s.step > $since
  RETURN s, s.step AS due
  UNION
  MATCH (changed:SourceCustomer)-[/*held or claimed*/]->(:Identifier)<-[/*held or claimed*/]-(s:SourceCustomer)
  WHERE changed.step > $since
  RETURN s, changed.step AS due
  UNION
  MATCH (changed:SourceCustomer)-[had/*held once*/]->(:Identifier)<-[/*held or claimed*/]-(s:SourceCustomer)
  WHERE changed.step > $since AND had.step > $since
  RETURN s, had.step AS due
  UNION
  MATCH (changed:SourceCustomer)<-[:CONCERNS]-(:Decision {verdict: 'same'})-[:CONCERNS]->(s:SourceCustomer)
  WHERE changed.step > $since
  RETURN s, changed.step AS due
  UNION
  MATCH (changed:SourceCustomer)-[:HEIR]->+(s:SourceCustomer)
  WHERE changed.step > $since
  RETURN s, changed.step AS due
  UNION
  UNWIND $records AS birth_id
  MATCH (:SourceCustomer {birth_id: birth_id})-[:HEIR*0..]->(s:SourceCustomer)
  RETURN s, $since AS due
  UNION
  UNWIND $values AS key
  MATCH (:Identifier {key: key})<-[/*held or claimed*/]-(s:SourceCustomer)
  RETURN s, $since AS due
}
WITH s, max(due) AS due
WHERE NOT s:Ghost OR s.step > $since
SET s:Unresolved, s.due = due
RETURN count(s) AS marked
