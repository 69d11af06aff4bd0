// On her records or her accounts; newest first.
MATCH (customer)<-[:RESOLVES_TO]-(:SourceCustomer)-[:OWNS*0..1]->(changed)<-[:ON]-(activity:Activity)
WHERE NOT activity:Expected AND ($after IS NULL OR activity.at < datetime($after[0])
  OR (activity.at = datetime($after[0]) AND activity.key > $after[1]))
WITH DISTINCT activity
ORDER BY activity.at DESC, activity.key LIMIT $first + 1
RETURN {/*fields*/cursor: [toString(activity.at), activity.key]} AS item
