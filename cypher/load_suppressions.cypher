// Why a value links nobody from now on, or that it links again (null).
UNWIND $rows AS row
MATCH (i:Identifier {key: row.key})
SET i.suppressed = row.reason
