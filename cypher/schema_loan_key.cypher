// One Loan per key.
CREATE CONSTRAINT loan_key IF NOT EXISTS FOR (n:Loan) REQUIRE n.key IS UNIQUE
