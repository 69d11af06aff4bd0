-- What reading the sources leaves behind besides the graph.
ALTER TABLE source_status DROP CONSTRAINT source_status_state_check;
ALTER TABLE source_status ADD CONSTRAINT source_status_state_check CHECK (state IN ('ok', 'down', 'held'));

CREATE TABLE source_scan ( -- when a whole table was read last, for changes or for deletes
    system     text NOT NULL,
    table_name text NOT NULL,
    what       text NOT NULL CHECK (what IN ('rows', 'keys')),
    at         timestamptz NOT NULL,
    PRIMARY KEY (system, table_name, what)
);

CREATE TABLE source_quality ( -- what the last two polls found that read enough rows to tell
    system     text NOT NULL,
    table_name text NOT NULL,
    at         timestamptz NOT NULL,
    rows       bigint NOT NULL,
    filled     jsonb NOT NULL, -- field -> rows that have it
    issues     jsonb NOT NULL, -- field:flaw -> rows
    former     jsonb,          -- rows, filled and issues of the poll before
    PRIMARY KEY (system, table_name)
);

-- Personal: rows that became no record, as the source has them, until they do or the person is erased.
CREATE TABLE dead_letter (
    system     text NOT NULL,
    table_name text NOT NULL,
    reason     text NOT NULL,
    field      text NOT NULL,
    key        text,           -- of the record that it would be, where the row says so much
    digest     bytea NOT NULL, -- of the row: the same row is one letter, however often it is read
    content    bytea NOT NULL, -- an Arrow stream of one row, the declared columns only
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (system, table_name, digest)
);
CREATE INDEX dead_letter_key ON dead_letter (key);
