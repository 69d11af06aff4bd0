// Records that left at their source: ghosts without personal data, to be resolved once more. What their own rows and
// those of others tied them to stays; what they held is closed beside this. They are there: MERGE is a MATCH that
// needs no Eager.
UNWIND $rows AS row
MERGE (n:SourceCustomer {key: row.key})
ON MATCH SET n = row, n:Ghost:Unresolved
