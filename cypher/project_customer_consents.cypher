// What her records let partners see, past ones too; newest first.
MATCH (customer)<-[:RESOLVES_TO]-(:SourceCustomer)-[:GRANTED]->(consent:Consent)
WHERE NOT consent:Expected AND ($after IS NULL OR consent.at < datetime($after[0])
  OR (consent.at = datetime($after[0]) AND consent.key > $after[1]))
WITH DISTINCT consent
ORDER BY consent.at DESC, consent.key LIMIT $first + 1
RETURN {/*fields*/cursor: [toString(consent.at), consent.key]} AS item
