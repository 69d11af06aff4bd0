-- What sources send by themselves: kept until it is in the graph.

CREATE TABLE inbox (
    system text NOT NULL,
    event  text NOT NULL, -- the sender's own id of it, by which it counts once
    at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    body   bytea,         -- personal; forgotten once it is in the graph
    PRIMARY KEY (system, event)
);
CREATE INDEX inbox_waiting ON inbox (system, at) WHERE body IS NOT NULL;
