// One FraudAlert per key.
CREATE CONSTRAINT fraud_alert_key IF NOT EXISTS FOR (n:FraudAlert) REQUIRE n.key IS UNIQUE
