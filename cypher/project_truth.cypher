// A mark that is there or absent, as true or false.
RETURN coalesce($mark, false)
