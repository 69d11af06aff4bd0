-- Who read or did what about whom: a chain, for each row's hash covers the row before it (ledger/audit.py). It only grows,
-- and holds no personal data: the subjects of tokens, names of fields of our schema, GCIDs.
CREATE TABLE audit (
    id        bigint PRIMARY KEY CHECK (id > 0), -- without a gap
    at        timestamptz NOT NULL,              -- when it was appended; never earlier than the row before
    subject   text NOT NULL,
    role      text NOT NULL,
    operation text NOT NULL CHECK (operation IN ('query', 'mutation', 'subscription')),
    fields    text[] NOT NULL,                   -- root fields
    gcids     uuid[] NOT NULL,                   -- the customers that the answer names
    purpose   text,                              -- as the caller gave it
    previous  bytea NOT NULL,
    hash      bytea NOT NULL
);
CREATE INDEX audit_gcids ON audit USING gin (gcids);
CREATE INDEX audit_subject ON audit (subject, id);
CREATE INDEX audit_at ON audit (at, id);

-- Who may append has no right to change, and who has every right is refused all the same.
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON audit FROM PUBLIC, CURRENT_USER;
