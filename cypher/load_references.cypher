// Numbers that something refers to.
UNWIND $rows AS row
MERGE (r:Reference {key: row.key})
ON CREATE SET r = row
