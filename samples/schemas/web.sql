-- Web Banking: NEAREST schema, as WekezaDFS creates it (MySQL 8, snake_case, whole seconds), of its tables those that the
-- product reads. `web_sessions` and `login_history` are PROPOSED: no such tables were found.
-- `risk_scores` belongs to the Risk Modules, which have it in this database.

CREATE TABLE `businesses` (
    `business_id` INT AUTO_INCREMENT PRIMARY KEY,
    `business_name` VARCHAR(100) NOT NULL,
    `registration_no` VARCHAR(50) NOT NULL UNIQUE,
    `kra_pin` VARCHAR(20) NOT NULL UNIQUE,
    `sector` VARCHAR(50),
    `created_at` TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- Phone and national id are unique in the ORM only: the set-up script does not say so.
CREATE TABLE `users` (
    `user_id` INT AUTO_INCREMENT PRIMARY KEY,
    `full_name` VARCHAR(100) NOT NULL,
    `email` VARCHAR(100) NOT NULL UNIQUE,
    `phone_number` VARCHAR(15),
    `national_id` VARCHAR(20),
    `password_hash` VARCHAR(255) NOT NULL,
    `kyc_tier` ENUM('TIER_1', 'TIER_2', 'TIER_3') NOT NULL DEFAULT 'TIER_1',
    `is_active` BOOLEAN NOT NULL DEFAULT TRUE,
    `business_id` INT,
    `created_at` TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    FOREIGN KEY (`business_id`) REFERENCES `businesses` (`business_id`)
);

CREATE TABLE `customers` (
    `customer_id` INT AUTO_INCREMENT PRIMARY KEY,
    `cif_number` VARCHAR(20) NOT NULL UNIQUE,
    `full_name` VARCHAR(255) NOT NULL,
    `national_id` VARCHAR(20) NOT NULL UNIQUE,
    `phone_number` VARCHAR(20) NOT NULL,
    `email` VARCHAR(255),
    `date_of_birth` DATE,
    `physical_address` TEXT,
    `postal_address` VARCHAR(255),
    `kyc_tier` ENUM('TIER_1', 'TIER_2', 'TIER_3') NOT NULL DEFAULT 'TIER_1',
    `occupation` VARCHAR(100),
    `employer` VARCHAR(255),
    `monthly_income` DECIMAL(15,2),
    `customer_type` ENUM('individual', 'business') NOT NULL DEFAULT 'individual',
    `status` ENUM('ACTIVE', 'INACTIVE', 'SUSPENDED') NOT NULL DEFAULT 'ACTIVE',
    `created_at` TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    `updated_at` TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    `created_by` VARCHAR(50)
);
CREATE INDEX `customers_watermark` ON `customers` (`updated_at`, `customer_id`);

CREATE TABLE `accounts` (
    `account_id` INT AUTO_INCREMENT PRIMARY KEY,
    `account_number` VARCHAR(20) NOT NULL UNIQUE,
    `balance` DECIMAL(15,2) NOT NULL DEFAULT 0.00,
    `currency` VARCHAR(3) DEFAULT 'KES',
    `status` ENUM('ACTIVE', 'FROZEN', 'DISABLED', 'DORMANT') NOT NULL DEFAULT 'ACTIVE',
    `user_id` INT,
    `business_id` INT,
    `created_at` TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
    FOREIGN KEY (`user_id`) REFERENCES `users` (`user_id`) ON DELETE CASCADE,
    FOREIGN KEY (`business_id`) REFERENCES `businesses` (`business_id`) ON DELETE CASCADE
);

CREATE TABLE `transactions` (
    `transaction_id` INT AUTO_INCREMENT PRIMARY KEY,
    `account_id` INT NOT NULL,
    `txn_type` VARCHAR(50) NOT NULL,
    `amount` DECIMAL(15,2) NOT NULL,
    `reference_code` VARCHAR(50) UNIQUE,
    `description` VARCHAR(255),
    `created_at` TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    `status` VARCHAR(20) DEFAULT 'COMPLETED',
    `approved_by` VARCHAR(50),
    `approved_at` DATETIME,
    FOREIGN KEY (`account_id`) REFERENCES `accounts` (`account_id`) ON DELETE CASCADE
);
CREATE INDEX `transactions_watermark` ON `transactions` (`created_at`, `transaction_id`);

CREATE TABLE `loans` (
    `loan_id` INT AUTO_INCREMENT PRIMARY KEY,
    `user_id` INT NOT NULL,
    `principal_amount` DECIMAL(15,2) NOT NULL,
    `total_due_amount` DECIMAL(15,2) NOT NULL,
    `balance_remaining` DECIMAL(15,2) NOT NULL,
    `status` ENUM('PENDING', 'ACTIVE', 'PAID', 'DEFAULTED', 'APPROVED', 'REJECTED') NOT NULL DEFAULT 'PENDING',
    `created_at` TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    FOREIGN KEY (`user_id`) REFERENCES `users` (`user_id`) ON DELETE CASCADE
);

-- credit_score: 300 to 650, the higher the safer; 0 where the request was rejected outright.
CREATE TABLE `risk_scores` (
    `score_id` INT AUTO_INCREMENT PRIMARY KEY,
    `user_id` INT NOT NULL,
    `credit_score` INT NOT NULL,
    `decision` VARCHAR(20) NOT NULL,
    `created_at` TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    FOREIGN KEY (`user_id`) REFERENCES `users` (`user_id`) ON DELETE CASCADE
);
CREATE INDEX `risk_scores_watermark` ON `risk_scores` (`created_at`, `score_id`);

CREATE TABLE `web_sessions` (
    `session_id` VARCHAR(64) PRIMARY KEY,
    `user_id` INT NOT NULL,
    `browser` VARCHAR(50) NOT NULL,
    `browser_fingerprint` VARCHAR(100),
    `user_agent` VARCHAR(500) NOT NULL,
    `ip_address` VARCHAR(45) NOT NULL,
    `started_at` DATETIME NOT NULL,
    `last_activity_at` DATETIME NOT NULL,
    `ended_at` DATETIME,
    `status` ENUM('ACTIVE', 'ENDED', 'EXPIRED') NOT NULL,
    FOREIGN KEY (`user_id`) REFERENCES `users` (`user_id`) ON DELETE CASCADE
);
CREATE INDEX `web_sessions_watermark` ON `web_sessions` (`last_activity_at`, `session_id`);

CREATE TABLE `login_history` (
    `login_id` INT AUTO_INCREMENT PRIMARY KEY,
    `user_id` INT,
    `login_email` VARCHAR(100) NOT NULL,
    `success` BOOLEAN NOT NULL,
    `device` VARCHAR(100) NOT NULL,
    `location` VARCHAR(100),
    `ip_address` VARCHAR(45) NOT NULL,
    `created_at` DATETIME NOT NULL,
    FOREIGN KEY (`user_id`) REFERENCES `users` (`user_id`) ON DELETE CASCADE
);
CREATE INDEX `login_history_watermark` ON `login_history` (`created_at`, `login_id`);
