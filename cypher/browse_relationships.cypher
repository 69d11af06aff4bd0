// Who is what to a person
// Whom she directs, signs for, guarantees, is next of kin or joint holder of, and who is that to her or her accounts.
// Put a GCID between the quotes.
WITH 'GCID' AS gcid
MATCH (:SourceCustomer {birth_id: gcid})-[:RESOLVES_TO]->(person:GlobalCustomer)
MATCH (person)<-[:RESOLVES_TO]-(hers:SourceCustomer)
CALL (hers) {
  MATCH path = (hers)-[:DIRECTOR_OF|SIGNATORY_OF|GUARANTEES|NEXT_OF_KIN_OF|JOINT_HOLDER_OF|RELATED_TO|OWNS]-
    (theirs:SourceCustomer|Account)
  WHERE NOT theirs:Expected
  RETURN path, theirs LIMIT 50
  UNION
  MATCH path = (hers)-[:OWNS]->(:Account)<-[:OWNS|SIGNATORY_OF]-(theirs:SourceCustomer)
  WHERE theirs <> hers AND NOT theirs:Expected
  RETURN path, theirs LIMIT 50
}
OPTIONAL MATCH theirs_too = (theirs)-[:RESOLVES_TO]->(:GlobalCustomer)
WITH person, hers, path, theirs_too
MATCH own = (person)<-[:RESOLVES_TO]-(hers)
RETURN path, own, theirs_too LIMIT 200
