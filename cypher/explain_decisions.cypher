// Some standing decisions: who said what, when and why.
MATCH (d:Decision)
WHERE d.id IN $ids
RETURN d.id AS id, d.verdict AS verdict, d.at AS at, d.by AS by, d.reason AS reason
