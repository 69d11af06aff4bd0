// By hand: keys are unique, so that MERGE finds them by an index.
CREATE CONSTRAINT IF NOT EXISTS FOR (n:PeerCustomer) REQUIRE n.key IS UNIQUE
