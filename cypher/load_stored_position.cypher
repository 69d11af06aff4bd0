// How far a table of a source had been read.
MATCH (p:Position {key: $key})
RETURN p.watermark AS watermark, p.row_key AS row_key
