// For references by transaction reference.
CREATE INDEX transaction_reference IF NOT EXISTS FOR (n:Transaction) ON (n.reference)
