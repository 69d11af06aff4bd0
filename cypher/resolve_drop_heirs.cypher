// A record that returned answers for itself again.
UNWIND $rows AS row
MATCH (:SourceCustomer {key: row.key})-[h:HEIR]->(:SourceCustomer {key: row.heir})
DELETE h
