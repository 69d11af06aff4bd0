// Values that records have or had, or that were decided about.
UNWIND $rows AS row
CREATE (i:Identifier:$(row.kind))
SET i = row
