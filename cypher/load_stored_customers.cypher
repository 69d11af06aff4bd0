// What is stored of these customer records, with what they hold and claim now.
// Of those whose hash has not changed, no edges; a row without a hash asks for a departure.
UNWIND $rows AS row
MATCH (n:SourceCustomer {key: row.key})
WITH n, n.hash IS NULL OR row.hash IS NULL OR n.hash <> row.hash AS news
RETURN
  n.key AS key, n.hash AS hash, n.updated_at AS updated_at, n.source_version AS source_version, n:Ghost AS ghost,
  n.birth_id AS birth_id, n.rank AS rank, n.canonical_name AS canonical_name,
  n.said_customer_number AS number,
  [
    (n)-[e/*held or claimed*/]->(i:Identifier)
    WHERE news | {
      id: elementId(e), type: type(e), identifier: i.key, raw: e.raw, position: e.position, valid_from: e.valid_from,
      step: e.step, source_from: e.source_from, source_to: e.source_to
    }
  ] AS holdings
