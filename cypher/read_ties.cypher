// What ties some customers to others one hop away: what they share, and who else has it, with a record of each.
// What more than $hub have is told with its number and not followed; of each customer's and each thing's bookings, logins
// and sessions no more than $events are looked at, so that no node's neighbours are all touched. $via says which ties.
UNWIND $gcids AS gcid
MATCH (customer:GlobalCustomer {gcid: gcid})
CALL (customer) {
  WITH customer WHERE 'identifier' IN $via
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
UNION ALL
  WITH customer WHERE 'device' IN $via
  MATCH (customer)<-[:RESOLVES_TO]-(own:SourceCustomer)
  CALL (own) {
    MATCH (own)-[:REGISTERED]->(thing:Device)
    RETURN thing LIMIT $events
  UNION
    MATCH (own)-[:LOGGED_IN|HAD_SESSION]->(event)
    WITH event LIMIT $events
    MATCH (event)-[:FROM]->(thing:Device)
    RETURN thing
  }
  WITH customer, thing, min(own.key) AS record LIMIT $events
  WITH customer, thing, record, COLLECT {
    CALL (thing) {
      MATCH (thing)<-[:REGISTERED]-(their:SourceCustomer)
      RETURN their LIMIT $events
    UNION
      MATCH (thing)<-[:FROM]-(event)
      WITH event LIMIT $events
      MATCH (event)<-[:LOGGED_IN|HAD_SESSION]-(their:SourceCustomer)
      RETURN their
    }
    MATCH (their)-[:RESOLVES_TO]->(other:GlobalCustomer)
    WHERE other <> customer
    WITH other, min(their.key) AS theirs
    RETURN {gcid: other.gcid, name: other.name, record: theirs}
  } AS others
  WHERE size(others) > 0
  RETURN {
    kind: 'device', what: coalesce(thing.type, 'device'), key: thing.key, value: null, masked: null, suppressed: null,
    number: size(others) + 1, hub: size(others) >= $hub, record: record,
    others: CASE WHEN size(others) < $hub THEN others ELSE [] END
  } AS tie
UNION ALL
  WITH customer WHERE 'account' IN $via
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
UNION ALL
  WITH customer WHERE 'counterparty' IN $via
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
UNION ALL
  WITH customer WHERE 'role' IN $via
  MATCH (customer)<-[:RESOLVES_TO]-(own:SourceCustomer)
  CALL (own) {
    MATCH (own)-[declared/*declared*/]-(their:SourceCustomer)
    RETURN declared, their LIMIT $events
  UNION
    MATCH (own)-[declared/*declared*/]->(:Account)<-[:OWNS]-(their:SourceCustomer)
    RETURN declared, their LIMIT $events
  UNION
    MATCH (own)-[:OWNS]->(:Account)<-[declared/*declared*/]-(their:SourceCustomer)
    RETURN declared, their LIMIT $events
  }
  MATCH (their)-[:RESOLVES_TO]->(other:GlobalCustomer)
  WHERE other <> customer
  WITH type(declared) AS what, declared.role_key AS key, min(own.key) AS record, collect(DISTINCT {
    gcid: other.gcid, name: other.name, record: their.key
  }) AS others
  RETURN {
    kind: 'role', what: toLower(what), key: key, value: null, masked: null, suppressed: null, number: size(others) + 1,
    hub: size(others) >= $hub, record: record, others: CASE WHEN size(others) < $hub THEN others ELSE [] END
  } AS tie
}
RETURN gcid, tie ORDER BY gcid, tie.kind, tie.what, tie.key, tie.masked
