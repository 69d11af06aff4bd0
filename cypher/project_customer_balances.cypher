// Per currency, over the accounts that their own system speaks for: a copy of a balance is not counted again.
// Summed over a list, because Neo4j allows no aggregation in a sub-query that is part of a map.
MATCH (customer)<-[:RESOLVES_TO]-(:SourceCustomer)-[:OWNS]->(held:Account)
WHERE NOT held:Expected AND held.authoritative AND held.balance_minor IS NOT NULL
WITH DISTINCT held.currency AS currency ORDER BY currency
WHERE currency IS NOT NULL
WITH currency, reduce(sum = 0, minor IN COLLECT {
  MATCH (customer)<-[:RESOLVES_TO]-(:SourceCustomer)-[:OWNS]->(counted:Account)
  WHERE NOT counted:Expected AND counted.authoritative AND counted.balance_minor IS NOT NULL
    AND counted.currency = currency
  WITH DISTINCT counted
  RETURN counted.balance_minor
} | sum + minor) AS total
RETURN {/*fields*/} AS item
