// Who owns an account that these customers own. What more than $hub have is told and not followed.
UNWIND $gcids AS gcid
MATCH (customer:GlobalCustomer {gcid: gcid})
CALL (customer) {
  MATCH (customer)<-[:RESOLVES_TO]-(own:SourceCustomer)-[:OWNS]->(thing:Account)
  WITH customer, thing, min(own.key) AS record
  WITH customer, thing, record, COUNT { (thing)<-[:OWNS]-() } AS number
  WITH *, number > $hub AS hub, COLLECT {
    WITH thing WHERE number <= $hub
    MATCH (thing)<-[:OWNS]-(their:SourceCustomer)-[:RESOLVES_TO]->(other:GlobalCustomer)
    WHERE other <> customer
    WITH other, min(their.key) AS theirs
    RETURN {gcid: other.gcid, name: other.name, record: theirs}
  } AS others
  WHERE hub OR size(others) > 0
  RETURN {
    kind: 'account', what: 'account', key: thing.key, value: null, masked: null, suppressed: null, number: number,
    hub: hub, record: record, others: others
  } AS tie
}
RETURN customer.gcid AS gcid, tie
