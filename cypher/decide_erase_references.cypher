// Numbers under which others look for an erased record: customer numbers that led to it, and its documents. That somebody
// scored it, or worked on it, stays.
OPTIONAL MATCH (s:SourceCustomer {birth_id: $birth_id})-[e:SCORED|ABOUT]-()
WHERE e.reference STARTS WITH 'customer.'
WITH collect(e) AS derived, collect(DISTINCT e.reference) + $keys AS keys
FOREACH (e IN derived | REMOVE e.reference)
WITH keys
UNWIND keys AS key
MATCH (r:Reference {key: key})
DETACH DELETE r
