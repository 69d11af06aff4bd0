// Who uses a device that these customers use; $events logins and sessions of each and at each device are looked at.
UNWIND $gcids AS gcid
MATCH (customer:GlobalCustomer {gcid: gcid})
CALL (customer) {
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
}
RETURN customer.gcid AS gcid, tie
