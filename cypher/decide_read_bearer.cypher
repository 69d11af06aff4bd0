// Whether anybody present answers for an id that was issued: the record that was born with it, its heir, or, until the
// next resolution names one, whoever was one customer with it.
MATCH (:GlobalCustomer {gcid: $gcid})
MATCH (s:SourceCustomer {birth_id: $gcid})
RETURN
  EXISTS { (s)-[:HEIR*0..]->(heir:SourceCustomer) WHERE NOT heir:Ghost }
  OR EXISTS { (s)-[:RESOLVES_TO]->(:GlobalCustomer)<-[:RESOLVES_TO]-(other:SourceCustomer) WHERE NOT other:Ghost }
  AS answered
