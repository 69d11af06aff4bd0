// The last statement of every step: its run, which tells the next writer that the step was committed.
CREATE (r:Run)
SET r = $run, r += $counts
