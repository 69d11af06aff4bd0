// Answers if the database serves reads.
RETURN true AS ready
