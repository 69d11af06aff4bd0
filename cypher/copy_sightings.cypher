// Sightings that these steps wrote or settled anew, with the booking of each, if it is one.
MATCH (s:Sighting)
WHERE s.step > $after AND s.step <= $upto
RETURN collect({
  key: s.key, channel: s.channel, at: toString(s.at), transaction: head([(s)-[:OF]->(t:Transaction) | t.key])
}) AS rows
