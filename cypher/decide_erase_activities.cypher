// Who did something to an erased record: it may have been herself. That it was done stays.
MATCH (:SourceCustomer {birth_id: $birth_id})<-[:ON]-(a:Activity)
SET a.actor = null
