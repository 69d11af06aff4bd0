// The standing decisions with what they concern, identifiers masked; the corrected value is not told.
MATCH (d:Decision)
RETURN d.id AS id, d.verdict AS verdict, d.at AS at, d.by AS by, d.reason AS reason, d.field AS field,
  [(d)-[c:CONCERNS]->(s:SourceCustomer) WHERE c.side = 'left' | s.key] AS left,
  [(d)-[c:CONCERNS]->(s:SourceCustomer) WHERE c.side = 'right' | s.key] AS right,
  [(d)-[:CONCERNS]->(i:Identifier) | i.kind + ' ' + i.masked] AS values
ORDER BY id
