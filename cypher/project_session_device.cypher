// The device of a session.
MATCH (session)-[:FROM]->(device:Device)
WHERE NOT device:Expected
WITH device ORDER BY device.key LIMIT 1
RETURN {/*fields*/} AS item
