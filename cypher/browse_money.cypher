// Money to and from a person
// The newest payments; an account of another customer of ours leads on to who owns it.
// Put a GCID between the quotes.
WITH 'GCID' AS gcid
MATCH (:SourceCustomer {birth_id: gcid})-[:RESOLVES_TO]->(person:GlobalCustomer)
CALL (person) {
  MATCH path = (person)<-[:RESOLVES_TO]-(:SourceCustomer)-[:OWNS]->(:Account)-[:POSTED]->(booking:Transaction)
    -[:COUNTERPARTY]->(other:Account|ExternalAccount)
  RETURN path, booking, other ORDER BY booking.at DESC LIMIT 25
  UNION
  MATCH path = (person)<-[:RESOLVES_TO]-(:SourceCustomer)-[:OWNS]->(:Account)<-[:COUNTERPARTY]-(booking:Transaction)
    <-[:POSTED]-(other:Account)
  RETURN path, booking, other ORDER BY booking.at DESC LIMIT 25
}
OPTIONAL MATCH owned = (other)<-[:OWNS]-(:SourceCustomer)-[:RESOLVES_TO]->(:GlobalCustomer)
RETURN booking.at AS at, path, owned ORDER BY at DESC LIMIT 100
