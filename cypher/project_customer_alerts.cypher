// About her records, her accounts or bookings on them; newest first.
MATCH (customer)<-[:RESOLVES_TO]-(:SourceCustomer)-[:OWNS|POSTED*0..2]->(subject)<-[:ABOUT]-(alert:FraudAlert)
WHERE NOT alert:Expected AND ($after IS NULL OR alert.at < datetime($after[0])
  OR (alert.at = datetime($after[0]) AND alert.key > $after[1]))
WITH DISTINCT alert
ORDER BY alert.at DESC, alert.key LIMIT $first + 1
RETURN {/*fields*/cursor: [toString(alert.at), alert.key]} AS item
