// Numbers under which others looked for an erased record: its documents. What was derived from them goes with them.
MATCH (r:Reference {to: 'customer.national_id'})
WHERE r.value IN $values
DETACH DELETE r
