// By hand: keys are unique, so that MERGE finds them by an index.
CREATE CONSTRAINT IF NOT EXISTS FOR (n:PeerTransaction) REQUIRE n.key IS UNIQUE
