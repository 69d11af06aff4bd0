// How many people each value would be shared by, if these records held it: counted as load_count_holders does.
UNWIND $rows AS row
UNWIND row.holders AS holder
MATCH (s:SourceCustomer {key: holder})
RETURN row.key AS key, count(DISTINCT s.canonical_name) + count(*) - count(s.canonical_name) AS people
