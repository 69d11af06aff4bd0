// Those of these nodes that have not arrived, or have left, and that nothing names any more.
MATCH (n)
WHERE elementId(n) IN $ids AND n:Expected AND NOT EXISTS { (n)--() }
DELETE n
