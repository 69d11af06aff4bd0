// The keys of the present records of one table, in pages; a stub has not arrived, a ghost has left.
MATCH (n:/*label*/SourceCustomer)
WHERE n.key > $after AND n.key < $end AND NOT n:Expected AND NOT n:Ghost
RETURN n.key AS key
ORDER BY n.key
LIMIT $limit
