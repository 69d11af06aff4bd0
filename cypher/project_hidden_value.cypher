// The masked form of a value; a value that has none is not shown at all.
RETURN coalesce($masked, '***')
