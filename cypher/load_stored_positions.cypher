// How far each part of a table that comes in parts, as files, has been read; by the table's name and what follows it.
MATCH (p:Position)
WHERE p.key STARTS WITH $before
RETURN p.key AS key, p.watermark AS watermark, p.row_key AS row_key
