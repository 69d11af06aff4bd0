// Accounts that these steps wrote, with who owns them.
MATCH (a:Account)
WHERE a.step > $after AND a.step <= $upto
RETURN
  a.key AS key, a.system AS system, a.number AS number, a.product AS product, a.status AS status,
  a.balance_minor AS balance, a.available_minor AS available, a.currency AS currency,
  toString(a.opened_at) AS opened_at, a.authoritative AS authoritative,
  [(o:SourceCustomer)-[owns:OWNS]->(a) | [owns.role, o.key, o.birth_id]] AS owners
