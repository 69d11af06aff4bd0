// Values that records hold or claim; a value never changes.
UNWIND $rows AS row
MERGE (i:Identifier {key: row.key})
ON CREATE SET i = row, i:$(row.kind)
