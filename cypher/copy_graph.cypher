// Which graph this is: one that was made anew has to be compared as a whole.
OPTIONAL MATCH (f:Fence {name: 'writer'})
RETURN coalesce(f.graph, '') AS graph
