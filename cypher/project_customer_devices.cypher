// Devices that her records registered or logged in from.
MATCH (customer)<-[:RESOLVES_TO]-(:SourceCustomer)-[:REGISTERED|LOGGED_IN|FROM*1..2]->(device:Device)
WHERE NOT device:Expected
WITH DISTINCT device ORDER BY device.key
RETURN {/*fields*/} AS item
