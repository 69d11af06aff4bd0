-- Identity over time. Chain tables hold birth ids, step ids, closed codes and keyed hashes; see graph-model for words.

-- A key that was given to somebody else is the next incarnation, with a birth id of its own.
ALTER TABLE record_key DROP CONSTRAINT record_key_pkey;
ALTER TABLE record_key DROP CONSTRAINT record_key_birth_id_key;
ALTER TABLE record_key ADD PRIMARY KEY (birth_id);
ALTER TABLE record_key ADD COLUMN incarnation int NOT NULL DEFAULT 0 CHECK (incarnation >= 0);
ALTER TABLE record_key ADD UNIQUE (key, incarnation);

ALTER TABLE step ADD COLUMN policy text; -- the policy's hash, of steps that resolve
ALTER TABLE outcome ADD COLUMN counts jsonb; -- of a committed step: what its :Run says
ALTER TABLE membership_delta ADD COLUMN cause bigint REFERENCES step; -- the step that made it due
CREATE INDEX step_at ON step (at, id);
CREATE INDEX rank_step ON rank (step, rank);
CREATE INDEX membership_delta_new_gcid ON membership_delta (new_gcid, step);
CREATE INDEX membership_delta_old_gcid ON membership_delta (old_gcid, step);

-- The steps that count: one without an outcome may still become void.
CREATE VIEW committed AS
    SELECT step.id AS step, step.at FROM step JOIN outcome ON outcome.step = step.id WHERE outcome.what = 'committed';

-- A record leaves at its source and may come back; its first arrival is its first version.
CREATE TABLE presence_delta (
    step      bigint NOT NULL REFERENCES step,
    birth_id  uuid NOT NULL REFERENCES rank,
    what      text NOT NULL CHECK (what IN ('left', 'returned', 'erased')),
    source_at timestamptz, -- the source's own date of it
    source_version bigint, -- and its place in the source's log, by which older versions are known
    PRIMARY KEY (step, birth_id)
);
CREATE INDEX presence_delta_birth_id ON presence_delta (birth_id, step);
CREATE INDEX presence_delta_erased ON presence_delta (birth_id) WHERE what = 'erased';

-- Who answers for a record that left; dropped when it returns. Named without an heir, its id is closed.
CREATE TABLE heir_delta (
    step     bigint NOT NULL REFERENCES step,
    birth_id uuid NOT NULL REFERENCES rank,
    what     text NOT NULL CHECK (what IN ('named', 'dropped')),
    heir     uuid REFERENCES rank CHECK (heir IS NULL OR (what = 'named' AND heir <> birth_id)),
    PRIMARY KEY (step, birth_id)
);
CREATE INDEX heir_delta_birth_id ON heir_delta (birth_id, step);

-- How a record has a value from this step on; ``value`` is a keyed hash of the identifier's key.
CREATE TABLE evidence_delta (
    step      bigint NOT NULL REFERENCES step,
    birth_id  uuid NOT NULL REFERENCES rank,
    value     uuid NOT NULL,
    what      text NOT NULL CHECK (what IN ('held', 'claimed', 'ended')),
    source_at timestamptz, -- the source's own date of it
    PRIMARY KEY (step, birth_id, value)
);
CREATE INDEX evidence_delta_birth_id ON evidence_delta (birth_id, step);
CREATE INDEX evidence_delta_value ON evidence_delta (value, step);

-- The accepted links of the spanning forest, and the refused ones that are kept. Of a *same*, ``decision`` tells which.
CREATE TABLE link_delta (
    step     bigint NOT NULL REFERENCES step,
    a        uuid NOT NULL REFERENCES rank,
    b        uuid NOT NULL REFERENCES rank,
    what     text NOT NULL CHECK (what IN ('accepted', 'refused', 'ended')),
    kind     text NOT NULL,
    value    uuid,
    decision bigint,
    stage    int,    -- of an accepted one
    reason   text,   -- of a refused one; 'ended' repeats what ends
    inside   boolean
);
CREATE INDEX link_delta_a ON link_delta (a, step);
CREATE INDEX link_delta_b ON link_delta (b, step);
CREATE INDEX link_delta_step ON link_delta (step);

CREATE TABLE identity_event (
    step    bigint NOT NULL REFERENCES step,
    number  int NOT NULL,
    what    text NOT NULL CHECK (what IN ('created', 'merged', 'split', 'moved', 'closed', 'erased')),
    gcid    uuid NOT NULL,   -- whose event it is: the survivor of a merger, the one that splits, the one moved to
    others  uuid[] NOT NULL, -- the ids that met in it, came out of it, or that records moved from
    records int NOT NULL,    -- whose id changed
    cause   bigint REFERENCES step,
    PRIMARY KEY (step, number)
);
CREATE INDEX identity_event_gcid ON identity_event (gcid, step);
CREATE INDEX identity_event_others ON identity_event USING gin (others);

CREATE TABLE decision (
    id      bigint PRIMARY KEY CHECK (id > 0),
    step    bigint NOT NULL REFERENCES step,
    verdict text NOT NULL CHECK (verdict IN ('same', 'different', 'suppress', 'release', 'correct', 'undo')),
    value   uuid,   -- of suppress and release
    field   text,   -- of correct
    undoes  bigint REFERENCES decision,
    CHECK ((value IS NOT NULL) = (verdict IN ('suppress', 'release'))),
    CHECK ((field IS NOT NULL) = (verdict = 'correct')),
    CHECK ((undoes IS NOT NULL) = (verdict = 'undo')),
    CHECK (undoes < id)
);
CREATE INDEX decision_step ON decision (step);
CREATE INDEX decision_value ON decision (value);
CREATE INDEX decision_undoes ON decision (undoes);

-- The newest standing undo of a decision, NULL if the decision stands: an undo may itself be undone.
CREATE FUNCTION undone_by(undone bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT max(id) FROM decision JOIN committed USING (step) WHERE undoes = undone AND undone_by(id) IS NULL);
END
$$;

CREATE TABLE decision_record (
    decision bigint NOT NULL REFERENCES decision,
    side     text NOT NULL CHECK (side IN ('left', 'right')),
    birth_id uuid NOT NULL REFERENCES rank,
    PRIMARY KEY (decision, birth_id)
);
CREATE INDEX decision_record_birth_id ON decision_record (birth_id);

-- Keys that may not come back, by keyed hash; the newest row of a key decides.
CREATE TABLE erasure (
    step     bigint NOT NULL REFERENCES step,
    key_hash uuid NOT NULL,
    what     text NOT NULL CHECK (what IN ('erased', 'released')),
    PRIMARY KEY (step, key_hash)
);
CREATE INDEX erasure_key_hash ON erasure (key_hash, step);

DO $$
DECLARE
    grows text;
BEGIN
    FOREACH grows IN ARRAY ARRAY['presence_delta', 'heir_delta', 'evidence_delta', 'link_delta', 'identity_event',
                                 'decision', 'decision_record', 'erasure'] LOOP
        EXECUTE format('CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON %I'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', grows);
    END LOOP;
END
$$;

-- Personal tables.
CREATE TABLE record_version (
    birth_id uuid NOT NULL REFERENCES rank,
    step     bigint NOT NULL REFERENCES step,
    hash     text NOT NULL,
    said     jsonb NOT NULL,
    PRIMARY KEY (birth_id, step)
);

CREATE TABLE evidence_value (
    value uuid PRIMARY KEY,
    key   text NOT NULL UNIQUE,
    said  jsonb NOT NULL -- kind, value, country, masked, placeholder
);

CREATE TABLE golden_version (
    gcid uuid NOT NULL,
    step bigint NOT NULL REFERENCES step,
    said jsonb NOT NULL, -- the customer's properties: status, and while it is current the golden record
    PRIMARY KEY (gcid, step)
);

CREATE TABLE decision_note (
    decision bigint PRIMARY KEY REFERENCES decision,
    by       text NOT NULL,
    reason   text NOT NULL,
    content  text -- the corrected value
);

CREATE TABLE step_note ( -- who had a step taken that is no decision, such as an erasure, and why
    step   bigint PRIMARY KEY REFERENCES step,
    by     text NOT NULL,
    reason text NOT NULL
);
