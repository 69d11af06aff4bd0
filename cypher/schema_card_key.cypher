// One Card per key.
CREATE CONSTRAINT card_key IF NOT EXISTS FOR (n:Card) REQUIRE n.key IS UNIQUE
