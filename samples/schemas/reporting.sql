-- Reporting: NEAREST schema, the CRM's ReportTemplate and GeneratedReport (model only) in snake_case, and WekezaGlobal's
-- `regulatory_reports`. `report_subjects` is PROPOSED: whom a report is about, by a system's title and its own id.

CREATE TABLE report_templates (
    id uuid PRIMARY KEY,
    name varchar(255) NOT NULL,
    report_type varchar(100) NOT NULL,
    default_format integer NOT NULL,
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamp NOT NULL
);

CREATE TABLE generated_reports (
    id uuid PRIMARY KEY,
    report_template_id uuid NOT NULL REFERENCES report_templates (id),
    report_name varchar(255) NOT NULL,
    generated_date timestamp NOT NULL,
    format integer NOT NULL,
    file_path varchar(500) NOT NULL,
    file_size_bytes bigint NOT NULL,
    parameters text,
    generated_by_user_id uuid,
    record_count integer NOT NULL,
    is_downloaded boolean NOT NULL DEFAULT false,
    downloaded_at timestamp,
    created_at timestamp NOT NULL,
    updated_at timestamp
);

CREATE TABLE regulatory_reports (
    report_id uuid PRIMARY KEY,
    period varchar(20) NOT NULL,
    type varchar(50) NOT NULL,
    status varchar(20) NOT NULL CHECK (status IN ('draft', 'submitted', 'accepted', 'rejected')),
    content jsonb NOT NULL DEFAULT '{}',
    generated_at timestamp NOT NULL,
    submitted_at timestamp
);

CREATE TABLE report_subjects (
    report_id uuid NOT NULL,
    source_system varchar(50) NOT NULL,
    subject varchar(20) NOT NULL CHECK (subject IN ('customer', 'account')),
    subject_ref varchar(100) NOT NULL,
    PRIMARY KEY (report_id, source_system, subject, subject_ref)
);
