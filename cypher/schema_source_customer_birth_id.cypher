// Two records cannot be named alike.
CREATE CONSTRAINT source_customer_birth_id IF NOT EXISTS FOR (n:SourceCustomer) REQUIRE n.birth_id IS UNIQUE
