// How far a table of a source has been read.
MERGE (p:Position {key: $key})
ON CREATE SET p.watermark = $watermark, p.row_key = $row_key, p.step = $step
ON MATCH SET p.watermark = $watermark, p.row_key = $row_key, p.step = $step
