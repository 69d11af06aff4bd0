// Accounts that waited for owners who have arrived since.
UNWIND $ids AS id
MATCH (born:SourceCustomer {birth_id: id})-[:OWNS]->(a:Account)
WHERE a.step <= $after
WITH DISTINCT a
RETURN collect({
  key: a.key, system: a.system, number: a.number, product: a.product, status: a.status,
  balance: a.balance_minor, available: a.available_minor, currency: a.currency,
  opened_at: toString(a.opened_at), authoritative: a.authoritative,
  owners: [(o:SourceCustomer)-[owns:OWNS]->(a) | [owns.role, o.key, o.birth_id]]
}) AS rows
