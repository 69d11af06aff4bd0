-- Fraud Detection: PROPOSED schema. The bank's code has two halves, a persisted risk engine without customers and an
-- engine in memory without tables; these tables join them. `monitored_customers` is ours altogether: the people whom the
-- engine knows, under its own reference.

CREATE TABLE monitored_customers (
    customer_ref varchar(50) PRIMARY KEY,
    full_name varchar(200),
    national_id varchar(50),
    phone varchar(30),
    email varchar(255),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX monitored_customers_watermark ON monitored_customers (updated_at, customer_ref);

-- fraud_score: 0 to 1000; risk_level: VeryLow <= 200, Low <= 400, Medium <= 600, High <= 800, Critical above;
-- decision: Allow <= 400, Challenge <= 700, Review <= 850, Block above; primary_reason: the engine's FraudReason number.
CREATE TABLE fraud_alerts (
    alert_id uuid PRIMARY KEY,
    transaction_reference varchar(100) NOT NULL,
    account_number varchar(50),
    customer_ref varchar(50),
    customer_phone varchar(20),
    fraud_score integer NOT NULL,
    risk_level varchar(20) NOT NULL,
    decision varchar(20) NOT NULL,
    primary_reason integer NOT NULL,
    flagged_reason text NOT NULL,
    status varchar(20) NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    closed_at timestamptz
);
CREATE INDEX fraud_alerts_watermark ON fraud_alerts (updated_at, alert_id);
CREATE INDEX fraud_alerts_customer_ref ON fraud_alerts (customer_ref);

CREATE TABLE risk_scores (
    id bigserial PRIMARY KEY,
    customer_ref varchar(50) NOT NULL,
    score integer NOT NULL,
    risk_level varchar(20) NOT NULL,
    model_version varchar(20) NOT NULL,
    confidence numeric(4,3) NOT NULL,
    evaluated_at timestamptz NOT NULL
);
CREATE INDEX risk_scores_watermark ON risk_scores (evaluated_at, id);
CREATE INDEX risk_scores_customer_ref ON risk_scores (customer_ref);

-- The persisted engine's own table, on PostgreSQL. risk_score: 0 to 1; risk_level: HIGH from 0.8 on, MEDIUM from 0.5 on,
-- below which there is no case; status: ASSIGNED, IN_PROGRESS, ESCALATED, CLOSED, BLOCKED. Its times have no zone: UTC.
CREATE TABLE analyst_cases (
    case_id serial PRIMARY KEY,
    transaction_id varchar(50) NOT NULL UNIQUE,
    customer_id varchar(50),
    amount numeric(15,2) NOT NULL,
    currency varchar(3) NOT NULL,
    merchant_name varchar(255),
    transaction_type varchar(50) NOT NULL,
    risk_score double precision NOT NULL,
    risk_level varchar(20) NOT NULL,
    status varchar(20) NOT NULL,
    analyst_id varchar(50),
    analyst_comment text,
    flagged_reason text,
    created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    closed_at timestamp
);
CREATE INDEX analyst_cases_watermark ON analyst_cases (updated_at, case_id);

CREATE TABLE suspicious_transactions (
    id bigserial PRIMARY KEY,
    transaction_id varchar(50) NOT NULL UNIQUE,
    customer_id varchar(50),
    account_number varchar(20),
    amount numeric(15,2) NOT NULL,
    currency varchar(3) NOT NULL,
    transaction_type varchar(50) NOT NULL,
    merchant_name varchar(255),
    merchant_category varchar(100),
    location varchar(255),
    channel varchar(50) NOT NULL,
    "timestamp" timestamptz NOT NULL,
    status varchar(20) NOT NULL,
    was_allowed boolean NOT NULL
);
CREATE INDEX suspicious_transactions_watermark ON suspicious_transactions ("timestamp", id);

CREATE TABLE detection_rules (
    rule_id varchar(50) PRIMARY KEY,
    name varchar(200) NOT NULL,
    condition jsonb NOT NULL,
    severity varchar(20) NOT NULL,
    is_active boolean NOT NULL,
    triggered_count integer NOT NULL
);

CREATE TABLE alert_history (
    id bigserial PRIMARY KEY,
    alert_id uuid NOT NULL REFERENCES fraud_alerts (alert_id),
    old_status varchar(20),
    new_status varchar(20) NOT NULL,
    changed_by varchar(100) NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE INDEX alert_history_watermark ON alert_history (changed_at, id);
