// For references by customer number.
CREATE INDEX source_customer_number IF NOT EXISTS FOR (n:SourceCustomer) ON (n.said_customer_number)
