// A new writer: nobody who knows an older epoch can commit from now on. Waits for a step that is just committing.
MERGE (f:Fence {name: 'writer'})
ON CREATE SET f.epoch = 1, f.graph = randomUUID()
ON MATCH SET f.epoch = f.epoch + 1
RETURN f.epoch AS epoch
