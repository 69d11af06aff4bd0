// The same booking as channels saw it.
MATCH (sighting:Sighting)-[:OF]->(transaction)
WHERE NOT sighting:Expected
WITH sighting ORDER BY sighting.at, sighting.key
RETURN {/*fields*/} AS item
