// Links that no longer hold a component together, and refusals that no longer stand.
UNWIND $rows AS row
MATCH (:SourceCustomer {key: row.a})-[l:LINKED|QUARANTINED {identifier: row.identifier}]->(:SourceCustomer {key: row.b})
WHERE type(l) = row.type AND coalesce(l.reason, '') = row.reason
DELETE l
