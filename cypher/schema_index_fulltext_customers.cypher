// Customers are searched by the names of their golden records.
CREATE FULLTEXT INDEX customers_by_name IF NOT EXISTS FOR (c:GlobalCustomer) ON EACH [c.name]
OPTIONS {indexConfig: {`fulltext.analyzer`: 'standard-folding'}}
