// Those of these records that have not arrived, or have left, and that nothing names any more.
MATCH (n:/*label*/Account)
WHERE n.key IN $keys AND n:Expected AND NOT EXISTS { (n)--() }
DELETE n
