// About her records or her accounts; newest first.
MATCH (customer)<-[:RESOLVES_TO]-(:SourceCustomer)-[:OWNS*0..1]->(described)<-[:COVERS]-(report:Report)
WHERE NOT report:Expected AND ($after IS NULL OR report.at < datetime($after[0])
  OR (report.at = datetime($after[0]) AND report.key > $after[1]))
WITH DISTINCT report
ORDER BY report.at DESC, report.key LIMIT $first + 1
RETURN {/*fields*/cursor: [toString(report.at), report.key]} AS item
