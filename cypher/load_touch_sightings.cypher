// What these sightings are of may have changed with this step, though they say what they said.
UNWIND $keys AS key
MATCH (n:Sighting {key: key})
SET n.step = $step
