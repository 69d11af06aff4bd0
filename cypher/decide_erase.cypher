// A record is erased: what is left is a ghost that nobody can name, to be resolved once more. Answers which values it
// once had; what it had until now is closed beside this.
MATCH (s:SourceCustomer {birth_id: $birth_id})
OPTIONAL MATCH (s)-[had/*held once*/]->(i:Identifier)
WITH s, collect(had) AS past, collect(DISTINCT i.key) AS values
FOREACH (had IN past | DELETE had)
WITH s, s.rank AS rank, values
SET s = {key: 'erased|' + $birth_id, birth_id: $birth_id, rank: rank, step: $step, due: $step}
SET s:Ghost:Erased:Unresolved
RETURN values
