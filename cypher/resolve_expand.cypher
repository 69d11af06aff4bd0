// One hop of raw components: the records given, who holds and who claims the values given, who resolves to the
// customers given. Each record comes with all that the rule and the difference ask of it, so that it is read once; they
// come as one row, because the driver handles a row as a message of its own.
CALL () {
  UNWIND $records AS key
  MATCH (s:SourceCustomer {key: key})
  RETURN s
  UNION
  UNWIND $values AS key
  MATCH (:Identifier {key: key})<-[/*held*/]-(s:SourceCustomer)
  RETURN s
  UNION
  UNWIND $claimed AS key
  MATCH (:Identifier {key: key})<-[/*claimed*/]-(s:SourceCustomer)
  RETURN s
  UNION
  UNWIND $customers AS gcid
  MATCH (:GlobalCustomer {gcid: gcid})<-[:RESOLVES_TO]-(s:SourceCustomer)
  RETURN s
}
WITH s
WHERE NOT s:Expected AND NOT s.key IN $known
OPTIONAL MATCH (own:GlobalCustomer {gcid: s.birth_id})
RETURN collect({
  key: s.key, birth_id: s.birth_id, rank: s.rank, ghost: s:Ghost, erased: s:Erased, marked: s:Unresolved, due: s.due,
  party_type: s.party_type, full_name: s.full_name, birth_date: toString(s.birth_date),
  updated_seconds: s.updated_at.epochSeconds, updated_microsecond: s.updated_at.microsecond,
  customers: [(s)-[:RESOLVES_TO]->(g:GlobalCustomer) | g.gcid],
  evidence: [
    (s)-[e/*held or claimed*/]->(i:Identifier)
    | [
      i.key, type(e), i.kind, i.value, i.country, i.masked,
      i.placeholder IS NOT NULL, i.suppressed IS NOT NULL, i.crowded IS NOT NULL, coalesce(e.position, 0)
    ]
  ],
  links: [(s)-[l:LINKED]->(o) | [s.key, o.key, l.kind, l.identifier, l.stage, o.birth_id]],
  refusals: [(s)-[q:QUARANTINED]->(o) | [s.key, o.key, q.kind, q.identifier, q.reason, q.inside, o.birth_id]],
  tied: [(s)-[h:HEIR]-(o) | [o.key, startNode(h) = s]],
  decisions: [
    (s)<-[c:CONCERNS]-(d:Decision)
    | [d.id, d.verdict, c.side, d.field, d.value, d.at.epochSeconds, d.at.microsecond]
  ],
  sames: [(s)<-[:CONCERNS]-(:Decision {verdict: 'same'})-[:CONCERNS]->(o:SourceCustomer) WHERE NOT o:Ghost | o.key],
  own: own.hash,
  merged_into: [(own)-[:MERGED_INTO]->(other:GlobalCustomer) | other.gcid]
}) AS records
