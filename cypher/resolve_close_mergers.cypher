// A customer that came back, or whose founder moved on, points no more to where it went.
UNWIND $rows AS row
MATCH (:GlobalCustomer {gcid: row.from})-[m:MERGED_INTO]->(:GlobalCustomer {gcid: row.to})
DELETE m
