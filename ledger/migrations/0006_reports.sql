-- The relational copy: what the graph holds, as tables for reports. Derived, personal, and made anew at any time.

-- A copy that an earlier ledger left in this database knows nothing of this one.
DO $$
BEGIN
    IF obj_description(to_regnamespace('reports'), 'pg_namespace') = 'Relational copy of the Wekeza identity graph' THEN
        DROP SCHEMA reports CASCADE;
    END IF;
END
$$;
CREATE SCHEMA reports;
COMMENT ON SCHEMA reports IS 'Relational copy of the Wekeza identity graph';

-- How far the copy has come, and of which graph it is.
CREATE TABLE reports.position (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    graph     text,                       -- NULL: nothing was copied yet
    step      bigint NOT NULL DEFAULT 0,  -- the last step that is in the copy
    at        timestamptz NOT NULL DEFAULT now()
);
INSERT INTO reports.position DEFAULT VALUES;

-- Keys of nodes that a step took out of the graph, where no property can tell; emptied by who copies.
CREATE TABLE reports.gone (
    step bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('account', 'transaction', 'sighting', 'score')),
    key  text COLLATE "C" NOT NULL
);
CREATE INDEX gone_step ON reports.gone (step);

-- The only table that says whose something is: a customer who merges is a few rows here, whatever she has.
CREATE TABLE reports.membership (
    record uuid PRIMARY KEY,
    gcid   uuid NOT NULL
);
CREATE INDEX membership_gcid ON reports.membership (gcid);

CREATE TABLE reports.record (
    record      uuid PRIMARY KEY, -- birth id
    system      text NOT NULL,
    source_id   text NOT NULL,
    national_id text,
    phone       text,
    email       text,
    full_name   text,
    created_at  timestamptz
);

CREATE TABLE reports.account (
    key           text COLLATE "C" PRIMARY KEY,
    owner         uuid, -- birth id of the owning record, NULL until it arrives
    role          text,
    system        text NOT NULL,
    number        text,
    product       text,
    status        text,
    balance       numeric(23, 4),
    available     numeric(23, 4),
    currency      text,
    opened_at     timestamptz,
    authoritative boolean NOT NULL
);
CREATE INDEX account_owner ON reports.account (owner);

CREATE TABLE reports.transaction (
    key         text COLLATE "C" PRIMARY KEY,
    account     text COLLATE "C",
    system      text NOT NULL,
    reference   text,
    type        text,
    direction   text,
    amount      numeric(23, 4),
    currency    text,
    status      text,
    description text,
    at          timestamptz NOT NULL
);
CREATE INDEX transaction_account ON reports.transaction (account, at);

CREATE TABLE reports.sighting (
    key         text COLLATE "C" PRIMARY KEY,
    transaction text COLLATE "C", -- NULL while its reference means no booking, or several
    channel     text,
    at          timestamptz NOT NULL
);
CREATE INDEX sighting_transaction ON reports.sighting (transaction, at, key);

CREATE TABLE reports.score (
    key    text COLLATE "C" PRIMARY KEY,
    record uuid, -- birth id of the record that was scored, NULL until it arrives
    system text NOT NULL,
    at     timestamptz NOT NULL,
    score  double precision NOT NULL,
    level  text
);
CREATE INDEX score_record ON reports.score (record);

-- What reports read.
CREATE VIEW reports.customer_360 AS
SELECT m.gcid        AS GlobalCustomerId,
       r.source_id   AS SourceCustomerId,
       r.system      AS SourceSystem,
       r.national_id AS NationalId,
       r.phone       AS Phone,
       r.email       AS Email,
       r.full_name   AS FullName,
       r.created_at  AS CreatedDate
FROM reports.record r
LEFT JOIN reports.membership m USING (record);

CREATE VIEW reports.account_360 AS
SELECT m.gcid          AS GlobalCustomerId,
       r.source_id     AS SourceCustomerId,
       a.system        AS SourceSystem,
       a.key           AS AccountKey,
       a.number        AS AccountNumber,
       a.role          AS OwnerRole,
       a.product       AS Product,
       a.status        AS Status,
       a.balance       AS Balance,
       a.available     AS AvailableBalance,
       a.currency      AS Currency,
       a.opened_at     AS OpenedDate,
       a.authoritative AS Authoritative
FROM reports.account a
LEFT JOIN reports.membership m ON m.record = a.owner
LEFT JOIN reports.record r ON r.record = a.owner;

CREATE VIEW reports.transaction_360 AS
SELECT m.gcid          AS GlobalCustomerId,
       t.system        AS SourceSystem,
       t.key           AS TransactionKey,
       t.account       AS AccountKey,
       a.number        AS AccountNumber,
       t.reference     AS Reference,
       t.type          AS Type,
       t.direction     AS Direction,
       t.amount        AS Amount,
       t.currency      AS Currency,
       t.status        AS Status,
       t.description   AS Description,
       (SELECT s.channel FROM reports.sighting s WHERE s.transaction = t.key ORDER BY s.at, s.key LIMIT 1) AS Channel,
       t.at            AS TransactionDate,
       a.authoritative AS Authoritative
FROM reports.transaction t
LEFT JOIN reports.account a ON a.key = t.account
LEFT JOIN reports.membership m ON m.record = a.owner;

-- The latest score of each table of each source; the highest of them speaks for her: cypher/project_customer_risk.cypher.
CREATE VIEW reports.risk_profile AS
SELECT DISTINCT ON (gcid)
       gcid                               AS GlobalCustomerId,
       score                              AS FraudScore,
       level                              AS RiskLevel,
       max(at) OVER (PARTITION BY gcid)   AS LastUpdated
FROM (
    SELECT DISTINCT ON (m.gcid, s.system, split_part(s.key, '|', 2)) m.gcid, s.key, s.at, s.score, s.level
    FROM reports.score s
    JOIN reports.membership m USING (record)
    ORDER BY m.gcid, s.system, split_part(s.key, '|', 2), s.at DESC, s.key
) latest
ORDER BY gcid, score DESC, key;

COMMENT ON TABLE reports.membership IS 'Which customer a record is: the only table that says whose something is.';
COMMENT ON TABLE reports.record IS 'What each present record says, by birth id.';
COMMENT ON TABLE reports.account IS 'Accounts, by key.';
COMMENT ON TABLE reports.transaction IS 'Bookings, by key.';
COMMENT ON TABLE reports.sighting IS 'Bookings as channels saw them, by key.';
COMMENT ON TABLE reports.score IS 'Risk scores, by key.';
COMMENT ON TABLE reports.position IS 'The last step that is in the copy, and of which graph it is.';
COMMENT ON TABLE reports.gone IS 'Keys that steps after it took out of the graph.';

-- A column of a view begins its comment with its name as it is written in docs/data-model.md.
COMMENT ON VIEW reports.customer_360 IS 'One row for each record of each source system, as that system says it now.';
COMMENT ON COLUMN reports.customer_360.GlobalCustomerId IS 'GlobalCustomerId: The customer whom the record belongs to; NULL until it is resolved.';
COMMENT ON COLUMN reports.customer_360.SourceCustomerId IS 'SourceCustomerId: The system''s own key of the record, verbatim.';
COMMENT ON COLUMN reports.customer_360.SourceSystem IS 'SourceSystem: Name of the system.';
COMMENT ON COLUMN reports.customer_360.NationalId IS 'NationalId: The record''s own national id, normalised; of several the verified before the claimed, then the first that the system names.';
COMMENT ON COLUMN reports.customer_360.Phone IS 'Phone: The record''s own phone number, normalised; of several as above.';
COMMENT ON COLUMN reports.customer_360.Email IS 'Email: The record''s own e-mail address, normalised; of several as above.';
COMMENT ON COLUMN reports.customer_360.FullName IS 'FullName: The name as the system says it.';
COMMENT ON COLUMN reports.customer_360.CreatedDate IS 'CreatedDate: When the system created the record, by its own word.';

COMMENT ON VIEW reports.account_360 IS 'One row for each account of each source system.';
COMMENT ON COLUMN reports.account_360.GlobalCustomerId IS 'GlobalCustomerId: The customer who owns the account; NULL while the owner is unknown or has left.';
COMMENT ON COLUMN reports.account_360.SourceCustomerId IS 'SourceCustomerId: The owner''s key in his system; NULL while he is unknown or has left.';
COMMENT ON COLUMN reports.account_360.SourceSystem IS 'SourceSystem: Name of the system that tells of the account.';
COMMENT ON COLUMN reports.account_360.AccountKey IS 'AccountKey: System, entity and the system''s own key; unique.';
COMMENT ON COLUMN reports.account_360.AccountNumber IS 'AccountNumber: As customers know it; several systems may use one number.';
COMMENT ON COLUMN reports.account_360.OwnerRole IS 'OwnerRole: What the owner is to the account, such as holder.';
COMMENT ON COLUMN reports.account_360.Product IS 'Product: The system''s own word.';
COMMENT ON COLUMN reports.account_360.Status IS 'Status: The system''s own word.';
COMMENT ON COLUMN reports.account_360.Balance IS 'Balance: In major units of the currency.';
COMMENT ON COLUMN reports.account_360.AvailableBalance IS 'AvailableBalance: In major units of the currency.';
COMMENT ON COLUMN reports.account_360.Currency IS 'Currency: ISO 4217 code.';
COMMENT ON COLUMN reports.account_360.OpenedDate IS 'OpenedDate: When the account was opened.';
COMMENT ON COLUMN reports.account_360.Authoritative IS 'Authoritative: Whether the system keeps the account; false: a copy of another''s, which no total may count.';

COMMENT ON VIEW reports.transaction_360 IS 'One row for each booking, whoever saw it.';
COMMENT ON COLUMN reports.transaction_360.GlobalCustomerId IS 'GlobalCustomerId: The customer who owns the account; NULL while the owner is unknown or has left.';
COMMENT ON COLUMN reports.transaction_360.SourceSystem IS 'SourceSystem: Name of the system that booked it.';
COMMENT ON COLUMN reports.transaction_360.TransactionKey IS 'TransactionKey: System, entity and the system''s own key; unique.';
COMMENT ON COLUMN reports.transaction_360.AccountKey IS 'AccountKey: The account that it is booked on; a row of account_360 once that has arrived.';
COMMENT ON COLUMN reports.transaction_360.AccountNumber IS 'AccountNumber: The account''s number.';
COMMENT ON COLUMN reports.transaction_360.Reference IS 'Reference: The number by which other systems name the booking.';
COMMENT ON COLUMN reports.transaction_360.Type IS 'Type: The system''s own word.';
COMMENT ON COLUMN reports.transaction_360.Direction IS 'Direction: credit or debit; NULL where the system does not tell.';
COMMENT ON COLUMN reports.transaction_360.Amount IS 'Amount: In major units of the currency.';
COMMENT ON COLUMN reports.transaction_360.Currency IS 'Currency: ISO 4217 code.';
COMMENT ON COLUMN reports.transaction_360.Status IS 'Status: The system''s own word.';
COMMENT ON COLUMN reports.transaction_360.Description IS 'Description: The system''s own words.';
COMMENT ON COLUMN reports.transaction_360.Channel IS 'Channel: The channel that saw the booking first; NULL if none did.';
COMMENT ON COLUMN reports.transaction_360.TransactionDate IS 'TransactionDate: When it was booked.';
COMMENT ON COLUMN reports.transaction_360.Authoritative IS 'Authoritative: Whether the account is its system''s own: totals add these only.';

COMMENT ON VIEW reports.risk_profile IS 'One row for each customer whom a source has scored.';
COMMENT ON COLUMN reports.risk_profile.GlobalCustomerId IS 'GlobalCustomerId: The customer.';
COMMENT ON COLUMN reports.risk_profile.FraudScore IS 'FraudScore: From 0 to 100, high is risky: the highest of the latest scores of each table of each source.';
COMMENT ON COLUMN reports.risk_profile.RiskLevel IS 'RiskLevel: The level that comes with this score, in its source''s own word.';
COMMENT ON COLUMN reports.risk_profile.LastUpdated IS 'LastUpdated: When any source last scored the customer.';

-- The copy follows what records say step by step.
CREATE INDEX record_version_step ON record_version (step);

-- Reports read the views and nothing else. Where this user may not create the role, `wekeza reports refresh` says how.
DO $$
BEGIN
    IF to_regrole('wekeza_reports') IS NULL
        AND (SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        CREATE ROLE wekeza_reports NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL; -- another ledger of this server created it at the same moment
END
$$;
DO $$
BEGIN
    IF to_regrole('wekeza_reports') IS NOT NULL THEN
        GRANT USAGE ON SCHEMA reports TO wekeza_reports;
        GRANT SELECT ON reports.customer_360, reports.account_360, reports.transaction_360, reports.risk_profile
            TO wekeza_reports;
    END IF;
END
$$;
