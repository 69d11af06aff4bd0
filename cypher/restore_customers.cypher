// Every customer that ever was, with its golden record while it is current.
UNWIND $rows AS row
CREATE (g:GlobalCustomer)
SET g = row
