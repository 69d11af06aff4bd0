// The latest login that succeeded.
MATCH (customer)<-[:RESOLVES_TO]-(:SourceCustomer)-[:LOGGED_IN]->(login:Login)
WHERE NOT login:Expected AND login.successful
WITH login ORDER BY login.at DESC, login.key LIMIT 1
RETURN {/*fields*/} AS item
