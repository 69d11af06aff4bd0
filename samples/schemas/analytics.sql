-- Analytics / BI: NEAREST schema, WekezaGlobal's analytics_schema.sql (MySQL 8, snake_case, UTC), which nothing fills.
-- `customer_aggregates` and `account_aggregates` are PROPOSED: the inventory names aggregated customer data, and no
-- repository has any. Only these two are written, and handed over as files.

CREATE TABLE `transaction_analytics` (
    `id` BIGINT AUTO_INCREMENT PRIMARY KEY,
    `transaction_id` CHAR(36) NOT NULL UNIQUE,
    `wallet_id` CHAR(36) NOT NULL,
    `user_id` CHAR(36) NOT NULL,
    `type` VARCHAR(50) NOT NULL,
    `amount` DECIMAL(20,4) NOT NULL,
    `currency` CHAR(3) NOT NULL,
    `status` VARCHAR(20) NOT NULL,
    `country` VARCHAR(100),
    `created_at` DATETIME NOT NULL,
    `settled_at` DATETIME
);

CREATE TABLE `daily_transaction_summary` (
    `id` BIGINT AUTO_INCREMENT PRIMARY KEY,
    `summary_date` DATE NOT NULL,
    `currency` CHAR(3) NOT NULL,
    `tx_type` VARCHAR(50) NOT NULL,
    `tx_count` INT NOT NULL DEFAULT 0,
    `total_amount` DECIMAL(20,4) NOT NULL DEFAULT 0,
    `avg_amount` DECIMAL(20,4),
    `generated_at` DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    UNIQUE KEY `daily_transaction_summary_day` (`summary_date`, `currency`, `tx_type`)
);

CREATE TABLE `settlement_analytics` (
    `id` BIGINT AUTO_INCREMENT PRIMARY KEY,
    `settlement_id` CHAR(36) NOT NULL UNIQUE,
    `wallet_id` CHAR(36) NOT NULL,
    `bank_id` CHAR(36) NOT NULL,
    `bank_country` VARCHAR(100),
    `amount` DECIMAL(20,4) NOT NULL,
    `currency` CHAR(3) NOT NULL,
    `status` VARCHAR(20) NOT NULL,
    `created_at` DATETIME NOT NULL,
    `completed_at` DATETIME
);

CREATE TABLE `kyc_analytics` (
    `id` BIGINT AUTO_INCREMENT PRIMARY KEY,
    `user_id` CHAR(36) NOT NULL,
    `doc_type` VARCHAR(50),
    `status` VARCHAR(20) NOT NULL,
    `country` VARCHAR(100),
    `submitted_at` DATETIME NOT NULL,
    `reviewed_at` DATETIME
);

CREATE TABLE `aml_alert_analytics` (
    `id` BIGINT AUTO_INCREMENT PRIMARY KEY,
    `alert_id` CHAR(36) NOT NULL UNIQUE,
    `transaction_id` CHAR(36) NOT NULL,
    `alert_type` VARCHAR(50) NOT NULL,
    `severity` VARCHAR(20) NOT NULL,
    `status` VARCHAR(20) NOT NULL DEFAULT 'open',
    `resolved_at` DATETIME,
    `created_at` DATETIME NOT NULL
);

CREATE TABLE `fx_rate_history` (
    `id` BIGINT AUTO_INCREMENT PRIMARY KEY,
    `currency_from` CHAR(3) NOT NULL,
    `currency_to` CHAR(3) NOT NULL,
    `rate` DECIMAL(20,6) NOT NULL,
    `provider` VARCHAR(100) NOT NULL,
    `recorded_at` DATETIME NOT NULL
);

CREATE TABLE `regulatory_report_summaries` (
    `id` BIGINT AUTO_INCREMENT PRIMARY KEY,
    `report_period` VARCHAR(20) NOT NULL,
    `report_type` VARCHAR(50) NOT NULL,
    `country` VARCHAR(100),
    `status` VARCHAR(20) NOT NULL,
    `submitted_at` DATETIME,
    `generated_at` DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- `source_system` is the system by its title in the inventory, `customer_ref` that system's own id.
CREATE TABLE `customer_aggregates` (
    `id` BIGINT AUTO_INCREMENT PRIMARY KEY,
    `customer_ref` VARCHAR(100) NOT NULL,
    `source_system` VARCHAR(50) NOT NULL,
    `segment` VARCHAR(50),
    `lifetime_value` DECIMAL(20,4),
    `txn_count_30d` INT NOT NULL,
    `txn_amount_30d` DECIMAL(20,4) NOT NULL,
    `as_of_date` DATE NOT NULL,
    `generated_at` DATETIME NOT NULL,
    UNIQUE KEY `customer_aggregates_day` (`as_of_date`, `source_system`, `customer_ref`)
);

CREATE TABLE `account_aggregates` (
    `id` BIGINT AUTO_INCREMENT PRIMARY KEY,
    `account_ref` VARCHAR(100) NOT NULL,
    `source_system` VARCHAR(50) NOT NULL,
    `currency` CHAR(3) NOT NULL,
    `txn_count_30d` INT NOT NULL,
    `txn_amount_30d` DECIMAL(20,4) NOT NULL,
    `as_of_date` DATE NOT NULL,
    `generated_at` DATETIME NOT NULL,
    UNIQUE KEY `account_aggregates_day` (`as_of_date`, `source_system`, `account_ref`)
);
