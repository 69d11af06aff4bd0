// Of her records and her accounts; newest first.
MATCH (customer)<-[:RESOLVES_TO]-(:SourceCustomer)-[:OWNS*0..1]->(described)<-[:SUMS_UP]-(aggregate:Aggregate)
WHERE NOT aggregate:Expected AND ($after IS NULL OR aggregate.at < datetime($after[0])
  OR (aggregate.at = datetime($after[0]) AND aggregate.key > $after[1]))
WITH DISTINCT aggregate
ORDER BY aggregate.at DESC, aggregate.key LIMIT $first + 1
RETURN {/*fields*/cursor: [toString(aggregate.at), aggregate.key]} AS item
