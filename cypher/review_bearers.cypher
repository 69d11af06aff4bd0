// The records of some customers that hold a document of an exclusive kind which counts, with it.
UNWIND $gcids AS gcid
MATCH (:GlobalCustomer {gcid: gcid})<-[:RESOLVES_TO]-(s:SourceCustomer)
WITH gcid, s, [
  (s)-[/*held*/]->(i:Identifier) WHERE i.kind IN $kinds AND i.suppressed IS NULL | [i.key, i.kind, i.country, i.value]
] AS documents
WHERE documents <> [] AND s.birth_date IS NOT NULL AND s.canonical_name IS NOT NULL
RETURN gcid, s.key AS key, s.canonical_name AS name, toString(s.birth_date) AS birth_date, documents
