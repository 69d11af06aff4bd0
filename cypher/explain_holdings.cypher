// How some records hold or claim some values now: since when by us, and from when to when by their sources.
UNWIND $keys AS key
MATCH (s:SourceCustomer {key: key})-[e/*held or claimed*/]->(i:Identifier)
WHERE i.key IN $identifiers
RETURN
  s.key AS record, i.key AS identifier, type(e) STARTS WITH 'CLAIMS_' AS claimed,
  e.valid_from AS since, e.source_from AS source_from, e.source_to AS source_to
