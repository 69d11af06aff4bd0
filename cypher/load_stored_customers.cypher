// What is stored of these customer records, with what they hold and claim now.
// Of those whose hash has not changed, no edges.
UNWIND $rows AS row
MATCH (n:SourceCustomer {key: row.key})
WITH n, n.hash IS NULL OR n.hash <> row.hash AS news
RETURN
  n.key AS key, n.hash AS hash, n.updated_at AS updated_at,
  n.birth_id AS birth_id, n.rank AS rank, n.canonical_name AS canonical_name,
  [
    (n)-[e/*held or claimed*/]->(i:Identifier)
    WHERE news | {id: elementId(e), type: type(e), identifier: i.key, raw: e.raw, valid_from: e.valid_from}
  ] AS holdings
