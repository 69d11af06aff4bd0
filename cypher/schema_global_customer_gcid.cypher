// One GlobalCustomer per gcid.
CREATE CONSTRAINT global_customer_gcid IF NOT EXISTS FOR (n:GlobalCustomer) REQUIRE n.gcid IS UNIQUE
