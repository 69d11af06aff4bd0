// Who may see some of her data at this moment: partners with a consent that is neither over nor taken back.
MATCH (customer)<-[:RESOLVES_TO]-(:SourceCustomer)-[:GRANTED]->(consent:Consent)-[:TO]->(partner:Partner)
WHERE NOT consent:Expected AND NOT partner:Expected
  AND (consent.expires_at IS NULL OR consent.expires_at > datetime())
  AND (consent.revoked_at IS NULL OR consent.revoked_at > datetime())
  AND (consent.status IS NULL OR NOT consent.status IN ['revoked', 'expired'])
WITH DISTINCT partner ORDER BY partner.key
RETURN {/*fields*/} AS item
