-- How far a source was heard that keeps for us what we did not acknowledge (a log that is followed).
CREATE TABLE source_stream (
    system  text PRIMARY KEY,
    history text NOT NULL, -- of which run of its log the position is
    reached text NOT NULL, -- written before it is acknowledged, so the source never forgets more than this
    behind  bigint NOT NULL, -- bytes of log that it keeps for us
    at      timestamptz NOT NULL DEFAULT now()
);
