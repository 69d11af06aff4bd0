-- Chain tables: what can be recomputed from no source. They hold ids, never personal data, and only grow.
CREATE TABLE step (
    id     bigint PRIMARY KEY CHECK (id > 0),
    at     timestamptz NOT NULL,
    kind   text NOT NULL,
    system text
);

CREATE TABLE outcome (
    step bigint PRIMARY KEY REFERENCES step,
    what text NOT NULL CHECK (what IN ('committed', 'void')),
    at   timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- A void step's ranks hold as well: a record keeps the rank of its first attempt.
CREATE TABLE rank (
    birth_id uuid PRIMARY KEY,
    rank     bigint NOT NULL UNIQUE CHECK (rank > 0),
    step     bigint NOT NULL REFERENCES step
);

CREATE TABLE membership_delta (
    step     bigint NOT NULL REFERENCES step,
    birth_id uuid NOT NULL REFERENCES rank,
    old_gcid uuid,
    new_gcid uuid,
    PRIMARY KEY (step, birth_id),
    CHECK (old_gcid IS DISTINCT FROM new_gcid)
);
CREATE INDEX membership_delta_birth_id ON membership_delta (birth_id, step);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'wekeza.% only grows: % is refused', TG_TABLE_NAME, TG_OP;
END
$$;

CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON step
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON outcome
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON rank
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON membership_delta
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
