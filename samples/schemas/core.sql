-- Wekeza.Core.Api: REAL schema. Schema C (scripts/database/full-schema-ddl.sql, which every portal controller writes to)
-- is in public. Of schema A, which `dotnet ef database update` makes, the two tables that C lacks or has in another form
-- are in a schema of their own: two definitions of "Loans" cannot stand in one. "ProductId" there refers to "Products",
-- which is not among them: the column is kept, its foreign key is not.
-- The *_watermark indexes are ours: (watermark, key) is the cursor by which the tables are polled.

CREATE TABLE "Users" (
    "Id" uuid PRIMARY KEY,
    "Username" varchar(100) NOT NULL UNIQUE,
    "Email" varchar(200) NOT NULL UNIQUE,
    "PasswordHash" varchar(500) NOT NULL,
    "FullName" varchar(200) NOT NULL,
    "Role" varchar(50) NOT NULL,
    "IsActive" boolean DEFAULT true,
    "CreatedAt" timestamp DEFAULT CURRENT_TIMESTAMP,
    "UpdatedAt" timestamp DEFAULT CURRENT_TIMESTAMP,
    "LastLoginAt" timestamp,
    "IsEmailConfirmed" boolean DEFAULT false,
    "PhoneNumber" varchar(20),
    "Department" varchar(100),
    "Branch" varchar(100)
);
CREATE INDEX "IX_Users_watermark" ON "Users" ("UpdatedAt", "Id");

CREATE TABLE "Customers" (
    "Id" uuid PRIMARY KEY,
    "FirstName" varchar(100) NOT NULL,
    "LastName" varchar(100) NOT NULL,
    "Email" varchar(200) NOT NULL UNIQUE,
    "PhoneNumber" varchar(20) NOT NULL,
    "IdentificationNumber" varchar(50) NOT NULL UNIQUE,
    "RiskRating" integer DEFAULT 0,
    "IsActive" boolean DEFAULT true,
    "UserId" uuid,
    "CreatedAt" timestamp DEFAULT CURRENT_TIMESTAMP,
    "UpdatedAt" timestamp DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX "IX_Customers_watermark" ON "Customers" (coalesce("UpdatedAt", "CreatedAt"), "Id");

CREATE TABLE "Branches" (
    "Id" uuid PRIMARY KEY,
    "BranchCode" varchar(20) NOT NULL UNIQUE,
    "BranchName" varchar(200) NOT NULL,
    "Address" varchar(500) NOT NULL,
    "City" varchar(100) NOT NULL,
    "Country" varchar(100) NOT NULL DEFAULT 'Kenya',
    "PhoneNumber" varchar(20) NOT NULL,
    "Email" varchar(100) NOT NULL,
    "BranchType" integer NOT NULL DEFAULT 0,
    "Status" integer NOT NULL DEFAULT 0,
    "CreatedAt" timestamptz NOT NULL DEFAULT now(),
    "ModifiedAt" timestamptz
);

CREATE TABLE "Accounts" (
    "Id" uuid PRIMARY KEY,
    "AccountNumber" varchar(20) NOT NULL UNIQUE,
    "CustomerId" uuid NOT NULL REFERENCES "Customers" ("Id") ON DELETE RESTRICT,
    "AccountType" varchar(50) NOT NULL DEFAULT 'Savings',
    "Currency" varchar(3) NOT NULL DEFAULT 'KES',
    "Balance" numeric(18,2) NOT NULL DEFAULT 0.00,
    "AvailableBalance" numeric(18,2) NOT NULL DEFAULT 0.00,
    "Status" varchar(20) NOT NULL DEFAULT 'Active',
    "OpenedDate" timestamptz DEFAULT now(),
    "ClosedDate" timestamptz,
    "CreatedAt" timestamptz DEFAULT now(),
    "UpdatedAt" timestamptz DEFAULT now(),
    "BranchCode" varchar(20)
);
CREATE INDEX "IX_Accounts_watermark" ON "Accounts" (coalesce("UpdatedAt", "CreatedAt"), "Id");
CREATE INDEX "IX_Accounts_CustomerId" ON "Accounts" ("CustomerId");

CREATE TABLE "Balances" (
    "Id" uuid PRIMARY KEY,
    "AccountId" uuid NOT NULL UNIQUE REFERENCES "Accounts" ("Id") ON DELETE CASCADE,
    "CurrentBalance" numeric(18,2) NOT NULL DEFAULT 0.00,
    "AvailableBalance" numeric(18,2) NOT NULL DEFAULT 0.00,
    "LedgerBalance" numeric(18,2) NOT NULL DEFAULT 0.00,
    "Currency" varchar(3) NOT NULL DEFAULT 'KES',
    "AsOfDate" timestamptz NOT NULL DEFAULT now(),
    "CreatedAt" timestamptz NOT NULL DEFAULT now(),
    "UpdatedAt" timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE "Transactions" (
    "Id" uuid PRIMARY KEY,
    "TransactionReference" varchar(100) NOT NULL UNIQUE,
    "AccountId" uuid REFERENCES "Accounts" ("Id") ON DELETE RESTRICT,
    "TransactionType" varchar(50) NOT NULL,
    "Amount" numeric(18,2) NOT NULL,
    "Currency" varchar(3) NOT NULL DEFAULT 'KES',
    "Status" varchar(20) DEFAULT 'Pending',
    "Description" varchar(500),
    "CreatedAt" timestamp DEFAULT CURRENT_TIMESTAMP,
    "ProcessedAt" timestamp,
    "BalanceAfter" numeric(18,2)
);
CREATE INDEX "IX_Transactions_watermark" ON "Transactions" ("CreatedAt", "Id");
CREATE INDEX "IX_Transactions_AccountId" ON "Transactions" ("AccountId");

CREATE TABLE "TellerSessions" (
    "Id" uuid PRIMARY KEY,
    "UserId" uuid NOT NULL REFERENCES "Users" ("Id"),
    "BranchCode" varchar(20),
    "OpenedAt" timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ClosedAt" timestamp,
    "DrawerBalance" numeric(18,2) NOT NULL DEFAULT 0.00,
    "Status" varchar(20) NOT NULL DEFAULT 'Open',
    "CreatedAt" timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE "GLAccounts" (
    "Id" uuid PRIMARY KEY,
    "AccountCode" varchar(20) NOT NULL UNIQUE,
    "AccountName" varchar(200) NOT NULL,
    "AccountType" varchar(50) NOT NULL,
    "ParentCode" varchar(20),
    "Currency" varchar(3) NOT NULL DEFAULT 'KES',
    "Balance" numeric(18,2) NOT NULL DEFAULT 0.00,
    "IsActive" boolean NOT NULL DEFAULT true,
    "CreatedAt" timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "UpdatedAt" timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE "Loans" (
    "Id" uuid PRIMARY KEY,
    "LoanNumber" varchar(30) NOT NULL UNIQUE,
    "CustomerId" uuid NOT NULL REFERENCES "Customers" ("Id"),
    "PrincipalAmount" numeric(18,2) NOT NULL,
    "OutstandingBalance" numeric(18,2) NOT NULL,
    "InterestRate" numeric(5,2) NOT NULL,
    "LoanType" varchar(50) NOT NULL,
    "Status" varchar(20) NOT NULL DEFAULT 'Active',
    "DisbursedDate" timestamp,
    "MaturityDate" timestamp,
    "CreatedAt" timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "UpdatedAt" timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX "IX_Loans_watermark" ON "Loans" ("UpdatedAt", "Id");
CREATE INDEX "IX_Loans_CustomerId" ON "Loans" ("CustomerId");

CREATE TABLE "Cards" (
    "Id" uuid PRIMARY KEY,
    "CardNumber" varchar(20) NOT NULL UNIQUE,
    "AccountId" uuid NOT NULL REFERENCES "Accounts" ("Id"),
    "CardType" varchar(20) NOT NULL,
    "Status" varchar(20) NOT NULL DEFAULT 'Active',
    "ExpiryDate" timestamp NOT NULL,
    "IsVirtual" boolean NOT NULL DEFAULT false,
    "CreatedAt" timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "UpdatedAt" timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX "IX_Cards_watermark" ON "Cards" ("UpdatedAt", "Id");
CREATE INDEX "IX_Cards_AccountId" ON "Cards" ("AccountId");

CREATE TABLE "ApprovalRequests" (
    "Id" uuid PRIMARY KEY,
    "RequestType" varchar(100) NOT NULL,
    "RequestedBy" varchar(100) NOT NULL,
    "ApprovedBy" varchar(100),
    "Status" varchar(20) NOT NULL DEFAULT 'Pending',
    "RequestData" jsonb,
    "Notes" text,
    "RequestedAt" timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ResolvedAt" timestamp
);

CREATE TABLE "SystemConfigurations" (
    "Id" uuid PRIMARY KEY,
    "ConfigKey" varchar(200) NOT NULL UNIQUE,
    "ConfigValue" text NOT NULL,
    "Category" varchar(100),
    "Description" varchar(500),
    "IsEncrypted" boolean NOT NULL DEFAULT false,
    "CreatedAt" timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "UpdatedAt" timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE SCHEMA migrated;

CREATE TABLE migrated."Parties" (
    "Id" uuid PRIMARY KEY,
    "PartyNumber" varchar(50) NOT NULL UNIQUE,
    "PartyType" integer NOT NULL,
    "Status" integer NOT NULL,
    "CreatedDate" timestamptz NOT NULL,
    "LastModifiedDate" timestamptz,
    "CreatedBy" varchar(100) NOT NULL,
    "LastModifiedBy" varchar(100),
    "FirstName" varchar(100),
    "MiddleName" varchar(100),
    "LastName" varchar(100),
    "DateOfBirth" timestamptz,
    "Gender" varchar(20),
    "MaritalStatus" varchar(20),
    "Nationality" varchar(100),
    "CompanyName" varchar(200),
    "RegistrationNumber" varchar(50),
    "IncorporationDate" timestamptz,
    "CompanyType" varchar(50),
    "Industry" varchar(100),
    "PrimaryEmail" varchar(200),
    "PrimaryPhone" varchar(20),
    "SecondaryPhone" varchar(20),
    "PreferredLanguage" varchar(50),
    "Addresses" jsonb,
    "Identifications" jsonb,
    "Relationships" jsonb,
    "KYCStatus" integer NOT NULL,
    "KYCCompletedDate" timestamptz,
    "KYCExpiryDate" timestamptz,
    "RiskRating" integer NOT NULL,
    "IsPEP" boolean NOT NULL,
    "IsSanctioned" boolean NOT NULL,
    "Segment" integer NOT NULL,
    "SubSegment" varchar(50),
    "OptInMarketing" boolean NOT NULL,
    "OptInSMS" boolean NOT NULL,
    "OptInEmail" boolean NOT NULL
);
CREATE INDEX "IX_Parties_watermark" ON migrated."Parties" (coalesce("LastModifiedDate", "CreatedDate"), "Id");

CREATE TABLE migrated."Loans" (
    "Id" uuid PRIMARY KEY,
    "LoanNumber" varchar(50) NOT NULL UNIQUE,
    "CustomerId" uuid NOT NULL REFERENCES migrated."Parties" ("Id") ON DELETE RESTRICT,
    "ProductId" uuid NOT NULL,
    "DisbursementAccountId" uuid REFERENCES public."Accounts" ("Id") ON DELETE RESTRICT,
    "PrincipalAmount" numeric(18,2) NOT NULL,
    "PrincipalCurrency" varchar(3) NOT NULL,
    "OutstandingPrincipalAmount" numeric(18,2) NOT NULL,
    "OutstandingPrincipalCurrency" varchar(3) NOT NULL,
    "InterestRate" numeric(5,4) NOT NULL,
    "TermInMonths" integer NOT NULL,
    "MaturityDate" timestamptz,
    "Status" varchar(20) NOT NULL,
    "SubStatus" varchar(30) NOT NULL,
    "ApplicationDate" timestamptz NOT NULL,
    "ApprovalDate" timestamptz,
    "DisbursementDate" timestamptz,
    "ClosureDate" timestamptz,
    "CreditScore" numeric(6,2),
    "RiskGrade" varchar(10),
    "DaysPastDue" integer NOT NULL,
    "PastDueAmountAmount" numeric(18,2) NOT NULL,
    "ProvisionRate" numeric(5,4) NOT NULL,
    "ProvisionAmountAmount" numeric(18,2) NOT NULL,
    "CreatedBy" varchar(100) NOT NULL,
    "CreatedDate" timestamptz NOT NULL,
    "LastModifiedDate" timestamptz,
    "RepaymentSchedule" jsonb,
    "Collaterals" jsonb,
    "Guarantors" jsonb,
    "Conditions" jsonb
);
CREATE INDEX "IX_Loans_watermark" ON migrated."Loans" (coalesce("LastModifiedDate", "CreatedDate"), "Id");
CREATE INDEX "IX_Loans_CustomerId" ON migrated."Loans" ("CustomerId");
