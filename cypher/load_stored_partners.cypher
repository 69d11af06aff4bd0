// What is stored of these partners, who name nobody. A row without a hash asks for a departure.
UNWIND $rows AS row
MATCH (n:Partner {key: row.key})
RETURN n.key AS key, elementId(n) AS id, n.hash AS hash, n.updated_at AS updated_at, [] AS edges
