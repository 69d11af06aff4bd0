// One of those who hold or claim a value: where looking at what the value connects begins.
MATCH (:Identifier {key: $key})<-[/*held or claimed*/]-(s:SourceCustomer)
RETURN s.key AS key
LIMIT 1
