// Those of these birth ids that records have, present or gone.
UNWIND $ids AS id
MATCH (n:SourceCustomer {birth_id: id})
RETURN id AS birth_id
