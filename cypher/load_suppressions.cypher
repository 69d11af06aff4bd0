// Why a value links nobody from now on, or that it links again (null), and whether its claims do not (true or null).
UNWIND $rows AS row
MATCH (i:Identifier {key: row.key})
SET i.suppressed = row.reason, i.crowded = row.crowded
