// What was written about an erased record; who decided, and that it was decided, stays.
MATCH (:SourceCustomer {birth_id: $birth_id})<-[:CONCERNS]-(d:Decision)
SET d.reason = '(erased)', d.value = null
