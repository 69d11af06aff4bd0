// The best matches of a full-text query first.
CALL db.index.fulltext.queryNodes('customers_by_name', $text) YIELD node AS customer, score
WHERE $after IS NULL OR score < $after[0] OR (score = $after[0] AND customer.gcid > $after[1])
WITH customer, score, null AS requested_id ORDER BY score DESC, customer.gcid LIMIT $first + 1
RETURN {/*fields*/cursor: [score, customer.gcid]} AS item
