// The first statement of every step: lock the fence, then compare the epoch; no row if another writer took over.
MATCH (f:Fence {name: 'writer'})
SET f.step = $step
WITH f
WHERE f.epoch = $epoch
RETURN f.epoch AS epoch
