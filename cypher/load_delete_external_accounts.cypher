// External accounts that have turned out to be ours, or that nothing refers to any more.
MATCH (n:ExternalAccount)
WHERE n.key IN $keys
DELETE n
