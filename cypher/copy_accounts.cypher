// Accounts that these steps wrote, with the owner whom their own rows name; joint holders say so by roles.
MATCH (a:Account)
WHERE a.step > $after AND a.step <= $upto
RETURN collect({
  key: a.key, system: a.system, number: a.number, product: a.product, status: a.status,
  balance: a.balance_minor, available: a.available_minor, currency: a.currency,
  opened_at: toString(a.opened_at), authoritative: a.authoritative,
  owner: head([(o:SourceCustomer)-[owns:OWNS]->(a) WHERE owns.role_key IS NULL | o.birth_id]),
  role: head([(:SourceCustomer)-[owns:OWNS]->(a) WHERE owns.role_key IS NULL | owns.role])
}) AS rows
