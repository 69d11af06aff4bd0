// Whether its time is not over.
RETURN $until IS NULL OR $until > datetime()
