// Roles whose time is over by now, with the edges that still say so.
MATCH (n:Role)
WHERE n.ends <= $at
WITH n
ORDER BY n.ends
LIMIT $limit
RETURN
  n.key AS key,
  [(n)<-[:PLAYS]-(o:SourceCustomer)-[e/*role*/]->(t)<-[:TOWARDS]-(n) WHERE e.role_key = n.key | elementId(e)] AS edges
