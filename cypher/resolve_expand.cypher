// One hop of raw components: the records given, who holds or claims the values given, who resolves to the customers
// given. Each record comes with all that the rule and the difference ask of it, so that it is read once.
// The relationship types are spelt out: an untyped step would walk a customer's every login.
CALL () {
  UNWIND $records AS key
  MATCH (s:SourceCustomer {key: key})
  RETURN s
  UNION
  UNWIND $values AS key
  MATCH (:Identifier {key: key})
    <-[:HAS_NATIONAL_ID|HAS_PASSPORT|HAS_TAX_PIN|HAS_DOCUMENT|HAS_PHONE|HAS_EMAIL
       |CLAIMS_NATIONAL_ID|CLAIMS_PASSPORT|CLAIMS_TAX_PIN|CLAIMS_DOCUMENT|CLAIMS_PHONE|CLAIMS_EMAIL]-
    (s:SourceCustomer)
  RETURN s
  UNION
  UNWIND $customers AS gcid
  MATCH (:GlobalCustomer {gcid: gcid})<-[:RESOLVES_TO]-(s:SourceCustomer)
  RETURN s
}
WITH s
WHERE NOT s:Expected AND NOT s.key IN $known
OPTIONAL MATCH (own:GlobalCustomer {gcid: s.birth_id})
RETURN
  s.key AS key, s.birth_id AS birth_id, s.rank AS rank, s:Unresolved AS marked, s.party_type AS party_type,
  s.full_name AS full_name, toString(s.birth_date) AS birth_date,
  s.updated_at.epochSeconds AS updated_seconds, s.updated_at.microsecond AS updated_microsecond,
  [(s)-[:RESOLVES_TO]->(g:GlobalCustomer) | g.gcid] AS customers,
  [
    (s)-[e:HAS_NATIONAL_ID|HAS_PASSPORT|HAS_TAX_PIN|HAS_DOCUMENT|HAS_PHONE|HAS_EMAIL
          |CLAIMS_NATIONAL_ID|CLAIMS_PASSPORT|CLAIMS_TAX_PIN|CLAIMS_DOCUMENT|CLAIMS_PHONE|CLAIMS_EMAIL]->(i:Identifier)
    | [i.key, type(e), i.kind, i.value, i.country, i.masked, i.placeholder IS NOT NULL, i.suppressed IS NOT NULL]
  ] AS evidence,
  [(s)-[l:LINKED]->(o) | [s.key, o.key, l.kind, l.identifier, l.stage]] AS links,
  [(s)-[q:QUARANTINED]->(o) | [s.key, o.key, q.kind, q.identifier, q.reason, q.inside]] AS refusals,
  own.hash AS own, [(own)-[:MERGED_INTO]->(other:GlobalCustomer) | other.gcid] AS merged_into
