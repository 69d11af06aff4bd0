-- What stewards ask for over the API: decisions that wait for a second person, requests that may be repeated, and who
-- works on what there is to review.

CREATE TABLE proposal (
    id        bigint PRIMARY KEY CHECK (id > 0),
    at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    by        text NOT NULL,
    reason    text NOT NULL,
    said      jsonb,            -- what is to be decided; personal, and forgotten once it is ruled on
    about     text[] NOT NULL,  -- keys of records and ids of customers that it names; personal
    basis     uuid NOT NULL,    -- a keyed hash of what its preview came to
    customers bigint NOT NULL   -- that it would change
);

-- An approval counts once its step is committed, as the decision in that step does.
CREATE TABLE proposal_verdict (
    proposal bigint NOT NULL REFERENCES proposal,
    what     text NOT NULL CHECK (what IN ('approved', 'rejected')),
    at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    by       text NOT NULL,
    reason   text NOT NULL,
    step     bigint REFERENCES step,
    CHECK ((step IS NOT NULL) = (what = 'approved'))
);
CREATE INDEX proposal_verdict_proposal ON proposal_verdict (proposal);

-- A request that its caller named: repeated, it answers what came of it. With a step it counts once that is committed.
CREATE TABLE decision_request (
    subject  text NOT NULL,
    key      text NOT NULL,
    request  uuid NOT NULL, -- a keyed hash of all that was asked
    at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    step     bigint REFERENCES step,
    proposal bigint REFERENCES proposal,
    CHECK ((step IS NULL) <> (proposal IS NULL))
);
CREATE INDEX decision_request_key ON decision_request (subject, key);

CREATE TABLE review_claim (
    item  uuid PRIMARY KEY,
    by    text NOT NULL,
    until timestamptz NOT NULL
);

CREATE TABLE review_comment ( -- personal
    item   uuid NOT NULL,
    number int NOT NULL,
    at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    by     text NOT NULL,
    text   text NOT NULL,
    about  text[] NOT NULL, -- keys of the records that the item is about
    PRIMARY KEY (item, number)
);

-- What a person has looked at and leaves as the rule has it.
CREATE TABLE review_kept (
    item   uuid PRIMARY KEY,
    at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    by     text NOT NULL,
    reason text NOT NULL, -- personal
    about  text[] NOT NULL
);
