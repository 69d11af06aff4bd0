// By its dates at this moment: a source that does not keep its status up to date changes nothing.
RETURN CASE
  WHEN $revoked <= datetime() OR $status = 'revoked' THEN 'revoked'
  WHEN $expires <= datetime() OR $status = 'expired' THEN 'expired'
  ELSE 'active'
END
