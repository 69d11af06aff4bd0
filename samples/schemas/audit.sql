-- Audit Logs: PROPOSED database of two tables whose shapes are real: `audit.audit_log` of Wekeza's init-db.sql and
-- `audit_logs` of WekezaGlobal. `sequence` is ours: the order of writing, by which an append-only table is read.

CREATE TABLE audit_log (
    id uuid PRIMARY KEY,
    sequence bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    table_name varchar(100) NOT NULL,
    operation varchar(10) NOT NULL,
    old_data jsonb,
    new_data jsonb,
    changed_by varchar(100),
    changed_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE audit_logs (
    audit_id uuid PRIMARY KEY,
    sequence bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    user_id uuid,
    action varchar(100) NOT NULL,
    entity_type varchar(50),
    entity_id uuid,
    metadata jsonb,
    ip_address varchar(45),
    created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit log can only be added to.';
END $$;
CREATE TRIGGER audit_log_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_logs_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_logs
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
