// Every present record that has what identifiers are derived from, in pages by key; a page comes as one row, because
// the driver handles a row as a message of its own.
MATCH (s:SourceCustomer)
WHERE
  s.key > $after AND NOT s:Expected AND NOT s:Ghost AND s.full_name IS NOT NULL AND s.birth_date IS NOT NULL
WITH s
ORDER BY s.key
LIMIT $limit
RETURN collect({key: s.key, full_name: s.full_name, birth_date: toString(s.birth_date)}) AS records
