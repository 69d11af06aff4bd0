// Some values as they may be shown, and why those link nobody that do not.
UNWIND $keys AS key
MATCH (i:Identifier {key: key})
RETURN i.key AS key, i.kind AS kind, i.country AS country, i.masked AS masked, i.suppressed AS suppressed
