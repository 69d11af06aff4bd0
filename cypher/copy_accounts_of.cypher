// Accounts that waited for owners who have arrived since.
UNWIND $ids AS id
MATCH (:SourceCustomer {birth_id: id})-[owns:OWNS]->(a:Account)
WHERE owns.role_key IS NULL AND a.step <= $after
RETURN collect({
  key: a.key, system: a.system, number: a.number, product: a.product, status: a.status,
  balance: a.balance_minor, available: a.available_minor, currency: a.currency,
  opened_at: toString(a.opened_at), authoritative: a.authoritative, owner: id, role: owns.role
}) AS rows
