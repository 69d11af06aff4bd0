// About her records, her accounts or bookings on them; newest first.
MATCH (customer)<-[:RESOLVES_TO]-(:SourceCustomer)-[:OWNS|POSTED*0..2]->(concerned)<-[:ABOUT]-(matter:Case)
WHERE NOT matter:Expected AND ($after IS NULL OR matter.at < datetime($after[0])
  OR (matter.at = datetime($after[0]) AND matter.key > $after[1]))
WITH DISTINCT matter
ORDER BY matter.at DESC, matter.key LIMIT $first + 1
RETURN {/*fields*/cursor: [toString(matter.at), matter.key]} AS item
