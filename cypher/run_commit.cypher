// The last statement of every step: its run, which tells the next writer that the step was committed,
// and how many records wait for resolution after it.
CREATE (r:Run)
SET r = $run, r += $counts, r.due = COUNT { (:Unresolved) }
RETURN r.due AS due
