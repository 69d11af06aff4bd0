// All that refer to these references, with the edges that were derived from it.
UNWIND $keys AS key
MATCH (:Reference {key: key})<-[e:REFERS_TO]-(n)
RETURN
  key AS reference, n.key AS start, e.as AS role,
  [(n)-[d:COUNTERPARTY|OF|ABOUT]->() WHERE d.reference = key | elementId(d)]
  + [(n)<-[d:SCORED]-() WHERE d.reference = key | elementId(d)] AS derived
