// Bookings that these steps wrote, with the account of each.
MATCH (t:Transaction)
WHERE t.step > $after AND t.step <= $upto
RETURN
  t.key AS key, t.system AS system, t.reference AS reference, t.type AS type, t.direction AS direction,
  t.amount_minor AS amount, t.currency AS currency, t.status AS status, t.description AS description,
  toString(t.at) AS at, head([(a:Account)-[:POSTED]->(t) | a.key]) AS account
