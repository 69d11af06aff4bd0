// One Login per key.
CREATE CONSTRAINT login_key IF NOT EXISTS FOR (n:Login) REQUIRE n.key IS UNIQUE
