// The steps at which these records left a customer: between two of them, nothing changed for any of them.
UNWIND $birth_ids AS birth_id
MATCH (:SourceCustomer {birth_id: birth_id})-[was:WAS_RESOLVED_TO]->(:GlobalCustomer)
RETURN DISTINCT was.step AS step
ORDER BY step DESC
