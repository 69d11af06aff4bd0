// One ExternalAccount per key.
CREATE CONSTRAINT external_account_key IF NOT EXISTS FOR (n:ExternalAccount) REQUIRE n.key IS UNIQUE
