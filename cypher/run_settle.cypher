// Those of these steps that the graph has, with what their runs say.
UNWIND $steps AS step
MATCH (r:Run {id: step})
RETURN properties(r) AS run
