// Under which policy the last resolution was; null while a change of policy is under way.
MATCH (r:Run)
WHERE r.id > 0 AND r.kind = 'resolve'
RETURN r.policy_hash AS policy_hash
ORDER BY r.id DESC
LIMIT 1
