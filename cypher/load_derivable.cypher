// Every present record, in pages by key, with what derived identifiers are made of and those that it holds now.
MATCH (n:SourceCustomer)
WHERE n.key > $after AND NOT n:Expected AND NOT n:Ghost
WITH n
ORDER BY n.key
LIMIT $limit
RETURN
  n.key AS key, n.birth_id AS birth_id, n.full_name AS full_name, n.birth_date AS birth_date,
  n.created_at AS created_at, n.updated_at AS updated_at, n.canonical_name AS canonical_name,
  [
    (n)-[e/*held*/]->(i:Identifier)
    WHERE i.kind IN $kinds | {
      id: elementId(e), type: type(e), identifier: i.key, raw: e.raw, position: e.position, valid_from: e.valid_from,
      step: e.step, source_from: e.source_from, source_to: e.source_to
    }
  ] AS holdings
