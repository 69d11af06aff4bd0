// Delete edges by the ids that were read under the writer lock. A list, not UNWIND: only so it is a seek without Eager.
MATCH ()-[e]->()
WHERE elementId(e) IN $ids
DELETE e
