-- Nexus / Open Banking: the schema of WekezaOpenBanking/api-server (times without zone, in UTC), with consents and api_access_logs,
-- which are PROPOSED: its design names them, no code creates them. The real database is called wekeza_banking, as that of another
-- system is; here it has a name of its own. Nobody but the service reads it.

CREATE TABLE oauth_clients (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    client_id varchar(255) NOT NULL UNIQUE,
    client_secret varchar(255) NOT NULL,
    name varchar(255) NOT NULL,
    redirect_uris text[] NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamp NOT NULL DEFAULT now(),
    updated_at timestamp NOT NULL DEFAULT now()
);

CREATE TABLE oauth_tokens (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    access_token varchar(500) NOT NULL UNIQUE,
    refresh_token varchar(500) UNIQUE,
    client_id varchar(255) NOT NULL REFERENCES oauth_clients (client_id),
    user_id uuid,
    scopes text[] NOT NULL,
    expires_at timestamp NOT NULL,
    created_at timestamp NOT NULL DEFAULT now()
);

CREATE TABLE customers (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    customer_number varchar(50) NOT NULL UNIQUE,
    first_name varchar(100) NOT NULL,
    last_name varchar(100) NOT NULL,
    email varchar(255) NOT NULL UNIQUE,
    phone varchar(20),
    date_of_birth date,
    kyc_status varchar(20) NOT NULL DEFAULT 'pending',
    created_at timestamp NOT NULL DEFAULT now(),
    updated_at timestamp NOT NULL DEFAULT now()
);
CREATE INDEX customers_watermark ON customers (updated_at, id);

CREATE TABLE accounts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    account_number varchar(50) NOT NULL UNIQUE,
    customer_id uuid REFERENCES customers (id),
    account_type varchar(20) NOT NULL,
    currency varchar(3) NOT NULL DEFAULT 'KES',
    balance decimal(15,2) NOT NULL DEFAULT 0,
    available_balance decimal(15,2) NOT NULL DEFAULT 0,
    status varchar(20) NOT NULL DEFAULT 'active',
    created_at timestamp NOT NULL DEFAULT now(),
    updated_at timestamp NOT NULL DEFAULT now()
);
CREATE INDEX accounts_watermark ON accounts (updated_at, id);

CREATE TABLE transactions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    transaction_ref varchar(100) NOT NULL UNIQUE,
    account_id uuid REFERENCES accounts (id),
    transaction_type varchar(20) NOT NULL,
    amount decimal(15,2) NOT NULL,
    currency varchar(3) NOT NULL DEFAULT 'KES',
    balance_after decimal(15,2),
    description text,
    status varchar(20) NOT NULL DEFAULT 'completed',
    transaction_date timestamp NOT NULL DEFAULT now(),
    created_at timestamp NOT NULL DEFAULT now()
);
CREATE INDEX transactions_watermark ON transactions (created_at, id);

CREATE TABLE payments (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    payment_ref varchar(100) NOT NULL UNIQUE,
    source_account_id uuid REFERENCES accounts (id),
    destination_account_number varchar(50) NOT NULL,
    amount decimal(15,2) NOT NULL,
    currency varchar(3) NOT NULL DEFAULT 'KES',
    reference varchar(255),
    description text,
    status varchar(20) NOT NULL DEFAULT 'pending',
    risk_score decimal(3,2),
    idempotency_key varchar(255),
    completed_at timestamp,
    created_at timestamp NOT NULL DEFAULT now(),
    updated_at timestamp NOT NULL DEFAULT now()
);

CREATE TABLE webhooks (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    client_id varchar(255) NOT NULL REFERENCES oauth_clients (client_id),
    url text NOT NULL,
    events text[] NOT NULL,
    secret varchar(255),
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamp NOT NULL DEFAULT now()
);

CREATE TABLE webhook_deliveries (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    webhook_id uuid NOT NULL REFERENCES webhooks (id),
    event_type varchar(100) NOT NULL,
    payload jsonb NOT NULL,
    status varchar(20) NOT NULL DEFAULT 'pending',
    attempts integer NOT NULL DEFAULT 0,
    last_attempt_at timestamp,
    next_retry_at timestamp,
    delivered_at timestamp,
    created_at timestamp NOT NULL DEFAULT now()
);
CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (created_at) WHERE status = 'pending';

CREATE TABLE consents (
    consent_id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customers (id),
    client_id varchar(255) NOT NULL REFERENCES oauth_clients (client_id),
    scopes text[] NOT NULL,
    status varchar(20) NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'revoked', 'expired')),
    created_at timestamp NOT NULL,
    expires_at timestamp NOT NULL,
    revoked_at timestamp,
    updated_at timestamp NOT NULL
);
CREATE INDEX consents_watermark ON consents (updated_at, consent_id);

CREATE TABLE api_access_logs (
    id bigserial PRIMARY KEY,
    client_id varchar(255) NOT NULL,
    customer_id uuid,
    consent_id uuid,
    endpoint varchar(255) NOT NULL,
    http_method varchar(10) NOT NULL,
    status_code integer NOT NULL,
    latency_ms integer NOT NULL,
    created_at timestamp NOT NULL DEFAULT now()
);
CREATE INDEX api_access_logs_watermark ON api_access_logs (created_at, id);
