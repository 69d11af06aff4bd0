// Sightings that these steps wrote or settled anew, with the booking of each, if it is one.
MATCH (s:Sighting)
WHERE s.step > $after AND s.step <= $upto
RETURN
  s.key AS key, s.channel AS channel, toString(s.at) AS at, head([(s)-[:OF]->(t:Transaction) | t.key]) AS transaction
