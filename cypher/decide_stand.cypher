// What stewards say of a value from now on (null: nothing), and why it linked nobody until now.
MATCH (i:Identifier {key: $key})
WITH i, i.suppressed AS suppressed
SET i.standing = $standing
RETURN suppressed
