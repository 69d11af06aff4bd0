// References that nothing refers to any more. A list, not UNWIND: only so it is a seek without Eager.
MATCH (r:Reference)
WHERE r.key IN $keys
DELETE r
