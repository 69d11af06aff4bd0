// Last of the schema, by its name: wait until every index can be used.
CALL db.awaitIndexes(60)
