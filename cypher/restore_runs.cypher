// The committed steps.
UNWIND $rows AS row
CREATE (r:Run)
SET r = row
