// Who has a role towards these customers or their accounts, or they towards whom; $events roles of each are looked at.
UNWIND $gcids AS gcid
MATCH (customer:GlobalCustomer {gcid: gcid})
CALL (customer) {
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
  WITH customer, type(declared) AS what, declared.role_key AS key, min(own.key) AS record, collect(DISTINCT {
    gcid: other.gcid, name: other.name, record: their.key
  }) AS others
  RETURN {
    kind: 'role', what: toLower(what), key: key, value: null, masked: null, suppressed: null, number: size(others) + 1,
    hub: size(others) >= $hub, record: record, others: CASE WHEN size(others) < $hub THEN others ELSE [] END
  } AS tie
}
RETURN customer.gcid AS gcid, tie
