-- Risk Modules: NEAREST schema, as the migrations of WekezaGlobal create it (wgi_db: PostgreSQL 16, snake_case, times
-- without zone), of its tables those that the product reads. The module's other table is in web.sql.

CREATE TABLE users (
    user_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    full_name varchar(255) NOT NULL,
    email varchar(255) NOT NULL UNIQUE,
    phone_number varchar(20),
    password_hash varchar(255) NOT NULL,
    kyc_status varchar(20) DEFAULT 'pending' CHECK (kyc_status IN ('pending', 'verified', 'rejected')),
    role varchar(20) DEFAULT 'user' CHECK (role IN ('user', 'admin', 'compliance', 'operations', 'partner')),
    created_at timestamp DEFAULT now(),
    updated_at timestamp DEFAULT now(),
    account_type varchar(20) DEFAULT 'individual'
        CHECK (account_type IN ('freelancer', 'sme', 'exporter', 'ecommerce', 'ngo', 'startup', 'individual'))
);
CREATE INDEX users_watermark ON users (updated_at, user_id);

CREATE TABLE wallets (
    wallet_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid REFERENCES users (user_id) ON DELETE CASCADE,
    currency varchar(5) NOT NULL CHECK (currency IN ('USD', 'EUR', 'GBP', 'KES')),
    balance numeric(20,4) DEFAULT 0 CHECK (balance >= 0),
    created_at timestamp DEFAULT now(),
    updated_at timestamp DEFAULT now()
);
CREATE INDEX wallets_watermark ON wallets (updated_at, wallet_id);

CREATE TABLE transactions (
    transaction_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    wallet_id uuid REFERENCES wallets (wallet_id) ON DELETE CASCADE,
    type varchar(20) NOT NULL CHECK (type IN ('deposit', 'withdrawal', 'transfer', 'fx')),
    amount numeric(20,4) NOT NULL,
    currency varchar(5) NOT NULL,
    status varchar(20) DEFAULT 'pending' CHECK (status IN ('pending', 'completed', 'failed')),
    metadata jsonb DEFAULT '{}',
    created_at timestamp DEFAULT now(),
    updated_at timestamp DEFAULT now()
);
CREATE INDEX transactions_watermark ON transactions (updated_at, transaction_id);

CREATE TABLE aml_alerts (
    aml_alert_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    transaction_id uuid REFERENCES transactions (transaction_id) ON DELETE CASCADE,
    type varchar(50) NOT NULL,
    severity varchar(20) NOT NULL CHECK (severity IN ('low', 'medium', 'high')),
    status varchar(20) DEFAULT 'pending' CHECK (status IN ('pending', 'resolved')),
    created_at timestamp DEFAULT now()
);
CREATE INDEX aml_alerts_watermark ON aml_alerts (created_at, aml_alert_id);

-- score: 300 to 850, the higher the safer.
CREATE TABLE credit_scores (
    credit_score_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid UNIQUE REFERENCES users (user_id) ON DELETE CASCADE,
    score numeric(5,2) DEFAULT 500,
    factors jsonb DEFAULT '{}',
    last_updated timestamp DEFAULT now()
);
CREATE INDEX credit_scores_watermark ON credit_scores (last_updated, credit_score_id);

CREATE TABLE credit_activity_logs (
    log_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid REFERENCES users (user_id) ON DELETE CASCADE,
    transaction_id uuid REFERENCES transactions (transaction_id) ON DELETE CASCADE,
    factor varchar(50) NOT NULL,
    delta numeric(10,4) DEFAULT 0,
    created_at timestamp DEFAULT now()
);
CREATE INDEX credit_activity_logs_watermark ON credit_activity_logs (created_at, log_id);

-- Clear text in this column: it is here so that a test can see that nobody reads it.
CREATE TABLE api_keys (
    api_key_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid REFERENCES users (user_id) ON DELETE CASCADE,
    api_key varchar(255) NOT NULL UNIQUE,
    name varchar(255),
    status varchar(20) DEFAULT 'active',
    created_at timestamp DEFAULT now()
);
