// Newest first, failed ones too.
MATCH (customer)<-[:RESOLVES_TO]-(:SourceCustomer)-[:LOGGED_IN]->(login:Login)
WHERE NOT login:Expected AND ($after IS NULL OR login.at < datetime($after[0])
  OR (login.at = datetime($after[0]) AND login.key > $after[1]))
WITH DISTINCT login
ORDER BY login.at DESC, login.key LIMIT $first + 1
RETURN {/*fields*/cursor: [toString(login.at), login.key]} AS item
