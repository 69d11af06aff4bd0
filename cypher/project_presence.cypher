// Whether there is a value at all.
RETURN $value IS NOT NULL
