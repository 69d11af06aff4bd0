// One RiskScore per key.
CREATE CONSTRAINT risk_score_key IF NOT EXISTS FOR (n:RiskScore) REQUIRE n.key IS UNIQUE
