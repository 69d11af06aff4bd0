// One Aggregate per key.
CREATE CONSTRAINT aggregate_key IF NOT EXISTS FOR (n:Aggregate) REQUIRE n.key IS UNIQUE
