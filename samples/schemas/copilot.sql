-- AI Copilot: PROPOSED schema. The assistants in the bank's repositories keep nothing; these tables are ours, recommendations in the
-- shape of the CRM's NextBestActions. What somebody said is in conversation_history.content, which the service offers to nobody.

CREATE TABLE conversations (
    conversation_id uuid PRIMARY KEY,
    customer_ref varchar(100) NOT NULL,
    customer_email varchar(255),
    customer_phone varchar(20),
    channel varchar(20) NOT NULL,
    started_at timestamptz NOT NULL,
    last_message_at timestamptz NOT NULL
);
CREATE INDEX conversations_watermark ON conversations (last_message_at, conversation_id);

CREATE TABLE conversation_history (
    id bigserial PRIMARY KEY,
    conversation_id uuid NOT NULL REFERENCES conversations (conversation_id),
    role varchar(20) NOT NULL CHECK (role IN ('user', 'assistant', 'system')),
    content text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX conversation_history_conversation ON conversation_history (conversation_id);

CREATE TABLE recommendations (
    id uuid PRIMARY KEY,
    customer_ref varchar(100) NOT NULL,
    action_type integer NOT NULL,
    title varchar(255) NOT NULL,
    description text NOT NULL,
    recommended_product varchar(100),
    confidence_score numeric(5,2) NOT NULL,
    ai_model_version varchar(50),
    is_completed boolean NOT NULL,
    outcome varchar(255),
    recommended_date timestamptz NOT NULL,
    completed_date timestamptz,
    updated_at timestamptz NOT NULL
);

CREATE TABLE model_predictions (
    id uuid PRIMARY KEY,
    customer_ref varchar(100) NOT NULL,
    account_number varchar(50),
    prediction_type varchar(50) NOT NULL,
    predicted_value numeric NOT NULL,
    confidence numeric(5,4) NOT NULL,
    horizon_days integer NOT NULL,
    model_version varchar(50) NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE customer_preferences (
    customer_ref varchar(100) PRIMARY KEY,
    preferred_language varchar(10) NOT NULL,
    opt_in_insights boolean NOT NULL,
    updated_at timestamptz NOT NULL
);
