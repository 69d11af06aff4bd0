// How many present records of one table there are.
MATCH (n:/*label*/SourceCustomer)
WHERE n.key > $after AND n.key < $end AND NOT n:Expected AND NOT n:Ghost
RETURN count(n) AS number
