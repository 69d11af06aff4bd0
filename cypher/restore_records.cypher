// Source records as they were left: present ones with all that they say, ghosts without.
UNWIND $rows AS row
CREATE (s:SourceCustomer:$(row.labels))
SET s = row.properties
