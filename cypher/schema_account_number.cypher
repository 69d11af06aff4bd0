// For references by account number.
CREATE INDEX account_number IF NOT EXISTS FOR (n:Account) ON (n.number)
