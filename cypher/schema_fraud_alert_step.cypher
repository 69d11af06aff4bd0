// Subscribers are told of the alerts that steps brought.
CREATE INDEX fraud_alert_step IF NOT EXISTS FOR (n:FraudAlert) ON (n.step)
