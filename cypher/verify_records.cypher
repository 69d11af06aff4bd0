// What the graph holds of these records, named as the ledger names them.
UNWIND $ids AS id
MATCH (s:SourceCustomer {birth_id: id})
RETURN
  s.birth_id AS id, s.rank AS rank, s:Ghost AS ghost, s.hash AS hash, s:Unresolved AS due,
  [(s)-[:RESOLVES_TO]->(g:GlobalCustomer) | g.gcid] AS customers,
  [
    (s)-[e/*held or claimed*/]->(i:Identifier)
    | [i.key, type(e) STARTS WITH 'CLAIMS_', e.valid_from.epochSeconds, e.valid_from.microsecond]
  ] AS evidence,
  [(s)-[:HEIR]->(h:SourceCustomer) | h.birth_id] AS heirs,
  [
    (s)-[l:LINKED|QUARANTINED]->(o:SourceCustomer)
    | [o.birth_id, l.identifier, l.stage, l.reason, l.inside, l.step]
  ] AS links
