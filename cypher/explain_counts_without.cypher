// Of the values that too many share: how many would be left if one record had gone. More than a hub is not counted.
MATCH (s:SourceCustomer {key: $key})-[/*held*/]->(i:Identifier {suppressed: $reason})
WHERE COUNT { (i)<-[/*held*/]-() } <= $hub + 1
CALL (s, i) {
  MATCH (i)<-[/*held*/]-(o:SourceCustomer)
  WHERE o <> s
  RETURN count(*) AS holders, count(DISTINCT o.canonical_name) + count(*) - count(o.canonical_name) AS people
}
RETURN i.key AS key, i.kind AS kind, i.placeholder AS placeholder, i.standing AS standing, holders, people
