// Records that their source no longer has: stubs, as long as others name them. A list, not UNWIND: only so it is a seek
// without Eager.
MATCH (n)
WHERE elementId(n) IN $ids
SET n = {key: n.key}, n:Expected
