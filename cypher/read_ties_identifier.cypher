// Who has a value that these customers have. What more than $hub have, or is suppressed, is told and not followed.
UNWIND $gcids AS gcid
MATCH (customer:GlobalCustomer {gcid: gcid})
CALL (customer) {
  MATCH (customer)<-[:RESOLVES_TO]-(own:SourceCustomer)-[/*held or claimed*/]->(thing:Identifier)
  WITH customer, thing, min(own.key) AS record
  WITH customer, thing, record, COUNT { (thing)<-[/*held or claimed*/]-() } AS number
  WITH *, number > $hub AS hub, COLLECT {
    WITH thing WHERE number <= $hub AND (thing.suppressed IS NULL OR $suppressed)
    MATCH (thing)<-[/*held or claimed*/]-(their:SourceCustomer)-[:RESOLVES_TO]->(other:GlobalCustomer)
    WHERE other <> customer
    WITH other, min(their.key) AS theirs
    RETURN {gcid: other.gcid, name: other.name, record: theirs}
  } AS others
  WHERE hub OR size(others) > 0 OR (number > 1 AND thing.suppressed IS NOT NULL)
  RETURN {
    kind: 'identifier', what: thing.kind, key: null, value: thing.value, masked: thing.masked,
    suppressed: thing.suppressed, number: number, hub: hub, record: record, others: others
  } AS tie
}
RETURN customer.gcid AS gcid, tie
