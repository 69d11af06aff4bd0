// The relational copy follows the steps that wrote something.
CREATE INDEX transaction_step IF NOT EXISTS FOR (n:Transaction) ON (n.step)
