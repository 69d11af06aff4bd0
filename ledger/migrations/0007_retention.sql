-- Dead letters are forgotten by their age.
CREATE INDEX dead_letter_age ON dead_letter (system, table_name, at);
