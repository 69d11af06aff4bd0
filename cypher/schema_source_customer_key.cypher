// One SourceCustomer per key.
CREATE CONSTRAINT source_customer_key IF NOT EXISTS FOR (n:SourceCustomer) REQUIRE n.key IS UNIQUE
