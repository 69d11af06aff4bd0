// The relational copy follows the steps that wrote something.
CREATE INDEX sighting_step IF NOT EXISTS FOR (n:Sighting) ON (n.step)
