// A person: records and links
// What each system says of her, her identifiers and accounts, what joined her records, who was kept apart.
// Put a GCID between the quotes: any that was ever issued leads to the person of today.
WITH 'GCID' AS gcid
MATCH (:SourceCustomer {birth_id: gcid})-[:RESOLVES_TO]->(person:GlobalCustomer)
MATCH (person)<-[:RESOLVES_TO]-(hers:SourceCustomer)
WITH person, hers ORDER BY hers.key LIMIT 50
CALL (person, hers) {
  MATCH path = (person)<-[:RESOLVES_TO]-(hers)
  RETURN path
  UNION
  MATCH path = (hers)
    -[:HAS_NATIONAL_ID|HAS_PASSPORT|HAS_TAX_PIN|HAS_DRIVING_LICENCE|HAS_COMPANY_REGISTRATION|HAS_DOCUMENT|HAS_PHONE|HAS_EMAIL|HAS_NAME_BIRTH|CLAIMS_PHONE|CLAIMS_EMAIL]->
    (:Identifier)
  RETURN path LIMIT 20
  UNION
  MATCH path = (hers)-[:OWNS]->(account:Account)
  WHERE NOT account:Expected
  RETURN path LIMIT 20
  UNION
  MATCH path = (hers)-[:LINKED|QUARANTINED]-(:SourceCustomer)
  RETURN path LIMIT 20
}
RETURN path LIMIT 500
