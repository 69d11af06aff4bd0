// The relational copy follows the steps that wrote something.
CREATE INDEX account_step IF NOT EXISTS FOR (n:Account) ON (n.step)
