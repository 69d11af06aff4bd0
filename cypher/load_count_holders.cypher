// Who counts for these values: holders by degree, people (canonical names, each nameless one) only up to the hub.
// Few holders are few people: unless a steward has, or is supposed to have, said otherwise, what they share can be
// eligible only, so such values are left out. Claimants are counted to tell whether they are too many to be looked at.
UNWIND $keys AS key
MATCH (i:Identifier {key: key})
WITH i, COUNT { (i)<-[/*held*/]-() } AS holders, COUNT { (i)<-[/*claimed*/]-() } AS claimants
WHERE
  holders > $few OR claimants > $hub OR i.placeholder OR i.suppressed IS NOT NULL OR i.crowded IS NOT NULL
  OR i.standing IS NOT NULL OR i.key IN $supposed
CALL (i, holders) {
  WITH i, holders
  WHERE holders <= $hub
  MATCH (i)<-[/*held*/]-(s)
  RETURN count(DISTINCT s.canonical_name) + count(*) - count(s.canonical_name) AS people
}
RETURN
  i.key AS key, i.kind AS kind, i.placeholder AS placeholder, i.suppressed AS suppressed, i.standing AS standing,
  i.crowded IS NOT NULL AS crowded, holders, people, claimants
