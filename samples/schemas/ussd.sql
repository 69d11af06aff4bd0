-- USSD Banking: NEAREST schema, as WekezaCRM's migrations and its USSDSession entity describe it (PascalCase). The real one
-- is on SQL Server: here uniqueidentifier is CHAR(36), datetime2 DATETIME(6), bit BOOLEAN, nvarchar(max) TEXT.
-- `USSDMenuEvents` and `USSDTransactions` are PROPOSED. The *_watermark indexes are ours.

CREATE TABLE `Customers` (
    `Id` CHAR(36) PRIMARY KEY,
    `Address` TEXT,
    `City` TEXT,
    `Country` TEXT,
    `CreatedAt` DATETIME(6) NOT NULL,
    `CreatedBy` TEXT NOT NULL,
    `CreditScore` DECIMAL(18,2),
    `CustomerReference` VARCHAR(450) UNIQUE,
    `DateOfBirth` DATETIME(6),
    `Email` VARCHAR(255) NOT NULL UNIQUE,
    `FirstName` VARCHAR(100) NOT NULL,
    `IsActive` BOOLEAN NOT NULL,
    `KYCStatus` INT NOT NULL,
    `LastName` VARCHAR(100) NOT NULL,
    `LifetimeValue` DECIMAL(18,2),
    `PhoneNumber` VARCHAR(20) NOT NULL,
    `RiskScore` INT,
    `Segment` INT NOT NULL,
    `UpdatedAt` DATETIME(6),
    `UpdatedBy` TEXT
);
CREATE INDEX `Customers_watermark` ON `Customers` (`UpdatedAt`, `CreatedAt`, `Id`);

CREATE TABLE `Accounts` (
    `Id` CHAR(36) PRIMARY KEY,
    `AccountNumber` VARCHAR(20) NOT NULL UNIQUE,
    `AccountType` TEXT NOT NULL,
    `Balance` DECIMAL(18,2) NOT NULL,
    `ClosedAt` DATETIME(6),
    `CreatedAt` DATETIME(6) NOT NULL,
    `CreatedBy` TEXT NOT NULL,
    `Currency` TEXT NOT NULL,
    `CustomerId` CHAR(36) NOT NULL,
    `IsActive` BOOLEAN NOT NULL,
    `UpdatedAt` DATETIME(6),
    `UpdatedBy` TEXT,
    FOREIGN KEY (`CustomerId`) REFERENCES `Customers` (`Id`) ON DELETE CASCADE
);
CREATE INDEX `Accounts_watermark` ON `Accounts` (`UpdatedAt`, `CreatedAt`, `Id`);

CREATE TABLE `Transactions` (
    `Id` CHAR(36) PRIMARY KEY,
    `AccountId` CHAR(36) NOT NULL,
    `Amount` DECIMAL(18,2) NOT NULL,
    `BalanceAfter` DECIMAL(18,2) NOT NULL,
    `CreatedAt` DATETIME(6) NOT NULL,
    `CreatedBy` TEXT NOT NULL,
    `Description` TEXT,
    `TransactionDate` DATETIME(6) NOT NULL,
    `TransactionReference` VARCHAR(450) NOT NULL UNIQUE,
    `TransactionType` TEXT NOT NULL,
    `UpdatedAt` DATETIME(6),
    `UpdatedBy` TEXT,
    FOREIGN KEY (`AccountId`) REFERENCES `Accounts` (`Id`) ON DELETE CASCADE
);
CREATE INDEX `Transactions_watermark` ON `Transactions` (`UpdatedAt`, `CreatedAt`, `Id`);

-- Status: Open 0, InProgress 1, PendingCustomer 2, Resolved 3, Closed 4, Escalated 5. Priority: Low 0 to Critical 3.
CREATE TABLE `Cases` (
    `Id` CHAR(36) PRIMARY KEY,
    `AssignedToUserId` CHAR(36),
    `CaseNumber` VARCHAR(20) NOT NULL UNIQUE,
    `Category` TEXT NOT NULL,
    `ClosedAt` DATETIME(6),
    `CreatedAt` DATETIME(6) NOT NULL,
    `CreatedBy` TEXT NOT NULL,
    `CustomerId` CHAR(36) NOT NULL,
    `Description` TEXT NOT NULL,
    `Priority` INT NOT NULL,
    `Resolution` TEXT,
    `ResolvedAt` DATETIME(6),
    `SLADurationHours` INT,
    `Status` INT NOT NULL,
    `SubCategory` TEXT NOT NULL,
    `Title` VARCHAR(255) NOT NULL,
    `UpdatedAt` DATETIME(6),
    `UpdatedBy` TEXT,
    FOREIGN KEY (`CustomerId`) REFERENCES `Customers` (`Id`) ON DELETE CASCADE
);
CREATE INDEX `Cases_watermark` ON `Cases` (`UpdatedAt`, `CreatedAt`, `Id`);

-- Status: Active 0, Completed 1, Timeout 2, Cancelled 3, Error 4.
CREATE TABLE `USSDSessions` (
    `Id` CHAR(36) PRIMARY KEY,
    `SessionId` VARCHAR(100) NOT NULL UNIQUE,
    `PhoneNumber` VARCHAR(20) NOT NULL,
    `CustomerId` CHAR(36),
    `Status` INT NOT NULL,
    `CurrentMenu` TEXT NOT NULL,
    `MenuHistory` TEXT NOT NULL,
    `UserInput` TEXT,
    `StartedAt` DATETIME(6) NOT NULL,
    `CompletedAt` DATETIME(6),
    `TransactionData` TEXT,
    `ErrorMessage` TEXT,
    `CreatedAt` DATETIME(6) NOT NULL,
    `UpdatedAt` DATETIME(6),
    `CreatedBy` TEXT NOT NULL,
    `UpdatedBy` TEXT,
    FOREIGN KEY (`CustomerId`) REFERENCES `Customers` (`Id`) ON DELETE SET NULL
);
CREATE INDEX `USSDSessions_watermark` ON `USSDSessions` (`UpdatedAt`, `CreatedAt`, `Id`);

CREATE TABLE `USSDMenuEvents` (
    `Id` CHAR(36) PRIMARY KEY,
    `USSDSessionId` CHAR(36) NOT NULL,
    `Sequence` INT NOT NULL,
    `Menu` VARCHAR(100) NOT NULL,
    `Input` VARCHAR(50),
    `OccurredAt` DATETIME(6) NOT NULL,
    FOREIGN KEY (`USSDSessionId`) REFERENCES `USSDSessions` (`Id`) ON DELETE CASCADE
);

-- Status: Initiated 0, Completed 1, Failed 2, Cancelled 3. Reference is the core system's, of the same booking.
CREATE TABLE `USSDTransactions` (
    `Id` CHAR(36) PRIMARY KEY,
    `USSDSessionId` CHAR(36) NOT NULL,
    `Msisdn` VARCHAR(20) NOT NULL,
    `AccountNumber` VARCHAR(20),
    `TransactionType` VARCHAR(50) NOT NULL,
    `Amount` DECIMAL(18,2) NOT NULL,
    `Currency` CHAR(3) NOT NULL,
    `Status` INT NOT NULL,
    `Reference` VARCHAR(100) NOT NULL UNIQUE,
    `CreatedAt` DATETIME(6) NOT NULL,
    FOREIGN KEY (`USSDSessionId`) REFERENCES `USSDSessions` (`Id`) ON DELETE CASCADE
);
CREATE INDEX `USSDTransactions_watermark` ON `USSDTransactions` (`CreatedAt`, `Id`);
