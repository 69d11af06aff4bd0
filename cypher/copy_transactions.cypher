// Bookings that these steps wrote, with the account of each.
MATCH (t:Transaction)
WHERE t.step > $after AND t.step <= $upto
RETURN collect({
  key: t.key, system: t.system, reference: t.reference, type: t.type, direction: t.direction,
  amount: t.amount_minor, currency: t.currency, status: t.status, description: t.description,
  at: toString(t.at), account: head([(a:Account)-[:POSTED]->(t) | a.key])
}) AS rows
