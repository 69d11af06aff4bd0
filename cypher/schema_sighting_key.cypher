// One Sighting per key.
CREATE CONSTRAINT sighting_key IF NOT EXISTS FOR (n:Sighting) REQUIRE n.key IS UNIQUE
