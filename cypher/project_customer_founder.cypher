// The record that was born with her id, also if it left its source; not if it was erased.
MATCH (customer:GlobalCustomer)
MATCH (founder:SourceCustomer {birth_id: customer.gcid})
WHERE NOT founder:Erased
RETURN founder.key AS item
