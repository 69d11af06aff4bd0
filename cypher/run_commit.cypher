// The last statement of every step: its run, which tells the next writer that the step was committed.
CREATE (r:Run {id: $step, kind: $kind, at: $at})
SET r += $counts
