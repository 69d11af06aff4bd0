-- Operational tables: how the service is doing now.
CREATE TABLE source_status (
    system           text PRIMARY KEY,
    state            text NOT NULL CHECK (state IN ('ok', 'down')),
    last_read        timestamptz,
    last_change      timestamptz,
    last_error       text,
    lag_seconds      double precision,
    polls            bigint NOT NULL DEFAULT 0,
    errors           bigint NOT NULL DEFAULT 0,
    records_read     bigint NOT NULL DEFAULT 0,
    records_loaded   bigint NOT NULL DEFAULT 0,
    records_rejected bigint NOT NULL DEFAULT 0,
    records_matched  bigint NOT NULL DEFAULT 0,
    latency_seconds  double precision NOT NULL DEFAULT 0,
    latency_count    bigint NOT NULL DEFAULT 0
);

CREATE TABLE installation (
    singleton   boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    fingerprint text NOT NULL
);
