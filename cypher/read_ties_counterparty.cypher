// Who is paid by these customers, pays them, or pays whom they pay; $events bookings at each account are looked at.
UNWIND $gcids AS gcid
MATCH (customer:GlobalCustomer {gcid: gcid})
CALL (customer) {
  MATCH (customer)<-[:RESOLVES_TO]-(own:SourceCustomer)-[:OWNS]->(mine:Account)
  CALL (mine) {
    MATCH (mine)-[:POSTED]->(booking:Transaction)
    WITH booking LIMIT $events
    MATCH (booking)-[:COUNTERPARTY]->(thing:Account|ExternalAccount)
    RETURN thing, false AS paid
  UNION
    RETURN mine AS thing, true AS paid
  }
  WITH customer, thing, min(own.key) AS record, min(paid) AS paid ORDER BY paid DESC LIMIT $events
  WITH customer, thing, record, COLLECT {
    CALL (thing, paid) {
      WITH thing WHERE NOT paid
      MATCH (thing)<-[:OWNS]-(their:SourceCustomer)
      RETURN their LIMIT $events
    UNION
      MATCH (thing)<-[:COUNTERPARTY]-(booking:Transaction)
      WITH booking LIMIT $events
      MATCH (booking)<-[:POSTED]-(:Account)<-[:OWNS]-(their:SourceCustomer)
      RETURN their
    }
    MATCH (their)-[:RESOLVES_TO]->(other:GlobalCustomer)
    WHERE other <> customer
    WITH other, min(their.key) AS theirs
    RETURN {gcid: other.gcid, name: other.name, record: theirs}
  } AS others
  WHERE size(others) > 0
  RETURN {
    kind: 'counterparty', what: CASE WHEN thing:ExternalAccount THEN 'external account' ELSE 'account' END,
    key: thing.key, value: null, masked: null, suppressed: null, number: size(others) + 1, hub: size(others) >= $hub,
    record: record, others: CASE WHEN size(others) < $hub THEN others ELSE [] END
  } AS tie
}
RETURN customer.gcid AS gcid, tie
