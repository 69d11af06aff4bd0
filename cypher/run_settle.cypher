// Which of these steps the graph has.
UNWIND $steps AS step
MATCH (r:Run {id: step})
RETURN r.id AS id
