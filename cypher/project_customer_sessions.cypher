// Newest first.
MATCH (customer)<-[:RESOLVES_TO]-(:SourceCustomer)-[:HAD_SESSION]->(session:Session)
WHERE NOT session:Expected AND ($after IS NULL OR session.at < datetime($after[0])
  OR (session.at = datetime($after[0]) AND session.key > $after[1]))
WITH DISTINCT session
ORDER BY session.at DESC, session.key LIMIT $first + 1
RETURN {/*fields*/cursor: [toString(session.at), session.key]} AS item
