// How many customers there are or were, from the count store.
MATCH (customer:GlobalCustomer)
RETURN count(customer) AS customers
