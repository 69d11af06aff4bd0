// The relational copy follows the steps that wrote something.
CREATE INDEX risk_score_step IF NOT EXISTS FOR (n:RiskScore) ON (n.step)
