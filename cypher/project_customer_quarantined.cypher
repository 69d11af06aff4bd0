// Refused links that touch her records, with where the other side lives.
MATCH (customer)<-[:RESOLVES_TO]-(:SourceCustomer)-[refused:QUARANTINED]-(:SourceCustomer)
WITH DISTINCT refused
WITH refused, startNode(refused) AS one_record, endNode(refused) AS other_record
OPTIONAL MATCH (disputed:Identifier {key: refused.identifier})
WITH refused, one_record, other_record, disputed ORDER BY one_record.key, other_record.key, refused.kind
RETURN {/*fields*/} AS item
