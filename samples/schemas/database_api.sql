-- DatabaseWekezaApi: REAL schema, the entities of ComprehensiveWekezaApi as EnsureCreated() makes them (PascalCase, quoted,
-- ids made by the client, therefore no defaults). Seven of its twenty-two tables: those that the product reads.
-- "Accounts"."ProductId" refers to "Products", which is not among them: the column is kept, its foreign key is not.
-- The *_watermark indexes are ours: (watermark, key) is the cursor by which the tables are polled.

CREATE TABLE "Customers" (
    "Id" uuid PRIMARY KEY,
    "AMLRiskRating" varchar(20) NOT NULL,
    "CreatedAt" timestamptz NOT NULL,
    "CustomerNumber" varchar(20) NOT NULL UNIQUE,
    "DateOfBirth" timestamptz,
    "Email" varchar(200) NOT NULL UNIQUE,
    "FirstName" varchar(100) NOT NULL,
    "Gender" varchar(20),
    "IdentificationNumber" varchar(50) NOT NULL UNIQUE,
    "KYCCompletedAt" timestamptz,
    "KYCStatus" varchar(20) NOT NULL,
    "LastAMLScreening" timestamptz,
    "LastName" varchar(100) NOT NULL,
    "MaritalStatus" varchar(50),
    "MiddleName" varchar(100),
    "Nationality" varchar(100) NOT NULL,
    "OptInEmail" boolean NOT NULL,
    "OptInMarketing" boolean NOT NULL,
    "OptInSMS" boolean NOT NULL,
    "PreferredLanguage" varchar(50),
    "PrimaryPhone" varchar(20) NOT NULL,
    "SecondaryPhone" varchar(20),
    "Status" varchar(20) NOT NULL,
    "UpdatedAt" timestamptz NOT NULL
);
CREATE INDEX "IX_Customers_watermark" ON "Customers" ("UpdatedAt", "Id");

CREATE TABLE "Businesses" (
    "Id" uuid PRIMARY KEY,
    "AnnualTurnover" numeric,
    "BusinessName" varchar(200) NOT NULL,
    "BusinessNumber" varchar(50) NOT NULL,
    "BusinessType" varchar(50) NOT NULL,
    "CompanyName" varchar(200) NOT NULL,
    "CompanyType" varchar(50) NOT NULL,
    "CreatedAt" timestamptz NOT NULL,
    "Email" varchar(200) NOT NULL UNIQUE,
    "IncorporationDate" timestamptz NOT NULL,
    "Industry" varchar(100) NOT NULL,
    "KraPin" varchar(50) NOT NULL,
    "NumberOfEmployees" integer,
    "Phone" varchar(20) NOT NULL,
    "PrimaryContactPerson" varchar(200) NOT NULL,
    "RegistrationNumber" varchar(100) NOT NULL UNIQUE,
    "Status" varchar(20) NOT NULL,
    "TaxIdentificationNumber" varchar(50),
    "UpdatedAt" timestamptz NOT NULL,
    "VerificationStatus" varchar(20) NOT NULL,
    "Website" varchar(200)
);
CREATE INDEX "IX_Businesses_watermark" ON "Businesses" ("UpdatedAt", "Id");

CREATE TABLE "Accounts" (
    "Id" uuid PRIMARY KEY,
    "AccountNumber" varchar(50) NOT NULL UNIQUE,
    "AccountType" varchar(50) NOT NULL,
    "AvailableBalance" numeric(18,2) NOT NULL,
    "Balance" numeric(18,2) NOT NULL,
    "BusinessId" uuid REFERENCES "Businesses" ("Id") ON DELETE RESTRICT,
    "ClosedAt" timestamptz,
    "ClosedBy" text,
    "ClosureReason" text,
    "CreatedAt" timestamptz NOT NULL,
    "Currency" varchar(3) NOT NULL,
    "CustomerId" uuid NOT NULL REFERENCES "Customers" ("Id") ON DELETE RESTRICT,
    "DeactivatedAt" timestamptz,
    "DeactivationReason" text,
    "FreezeReason" text,
    "FrozenAt" timestamptz,
    "FrozenBy" text,
    "InterestRate" numeric(5,2),
    "IsClosed" boolean NOT NULL,
    "IsDeactivated" boolean NOT NULL,
    "IsFrozen" boolean NOT NULL,
    "MinimumBalance" numeric(18,2),
    "MonthlyFee" numeric(18,2),
    "OverdraftLimit" numeric(18,2) NOT NULL,
    "ProductCode" varchar(100),
    "ProductId" uuid,
    "ProductName" varchar(200),
    "Status" varchar(20) NOT NULL,
    "UpdatedAt" timestamptz NOT NULL
);
CREATE INDEX "IX_Accounts_watermark" ON "Accounts" ("UpdatedAt", "Id");
CREATE INDEX "IX_Accounts_BusinessId" ON "Accounts" ("BusinessId");
CREATE INDEX "IX_Accounts_CustomerId" ON "Accounts" ("CustomerId");

CREATE TABLE "Transactions" (
    "Id" uuid PRIMARY KEY,
    "AccountId" uuid NOT NULL REFERENCES "Accounts" ("Id") ON DELETE RESTRICT,
    "Amount" numeric(18,2) NOT NULL,
    "ChequeNumber" varchar(50),
    "Currency" varchar(3) NOT NULL,
    "Description" varchar(500) NOT NULL,
    "DrawerBank" varchar(100),
    "NewBalance" numeric(18,2) NOT NULL,
    "PreviousBalance" numeric(18,2) NOT NULL,
    "ProcessedAt" timestamptz NOT NULL,
    "ProcessedBy" varchar(100) NOT NULL,
    "Reference" varchar(100) NOT NULL UNIQUE,
    "RelatedAccountNumber" varchar(50),
    "Status" varchar(20) NOT NULL,
    "Type" varchar(20) NOT NULL
);
CREATE INDEX "IX_Transactions_watermark" ON "Transactions" ("ProcessedAt", "Id");
CREATE INDEX "IX_Transactions_AccountId" ON "Transactions" ("AccountId");

CREATE TABLE "Loans" (
    "Id" uuid PRIMARY KEY,
    "AccountId" uuid NOT NULL REFERENCES "Accounts" ("Id") ON DELETE RESTRICT,
    "Amount" numeric(18,2) NOT NULL,
    "ApprovalComments" text,
    "ApprovedAt" timestamptz,
    "ApprovedBy" text,
    "ClosedAt" timestamptz,
    "CreatedAt" timestamptz NOT NULL,
    "CreditScore" numeric(5,2),
    "Currency" varchar(3) NOT NULL,
    "CustomerId" uuid NOT NULL REFERENCES "Customers" ("Id") ON DELETE RESTRICT,
    "DisbursedAt" timestamptz,
    "DisbursedBy" text,
    "InterestRate" numeric(5,2) NOT NULL,
    "LastPaymentDate" timestamptz,
    "LoanNumber" varchar(50) NOT NULL UNIQUE,
    "MaturityDate" timestamptz,
    "NextPaymentDate" timestamptz,
    "OutstandingBalance" numeric(18,2) NOT NULL,
    "PreferredDisbursementDate" timestamptz,
    "PrincipalAmount" numeric(18,2) NOT NULL,
    "Purpose" varchar(200) NOT NULL,
    "RiskGrade" varchar(20) NOT NULL,
    "Status" varchar(20) NOT NULL,
    "TermInMonths" integer NOT NULL,
    "UpdatedAt" timestamptz NOT NULL
);
CREATE INDEX "IX_Loans_watermark" ON "Loans" ("UpdatedAt", "Id");
CREATE INDEX "IX_Loans_AccountId" ON "Loans" ("AccountId");
CREATE INDEX "IX_Loans_CustomerId" ON "Loans" ("CustomerId");

CREATE TABLE "Cards" (
    "Id" uuid PRIMARY KEY,
    "AccountId" uuid NOT NULL REFERENCES "Accounts" ("Id") ON DELETE RESTRICT,
    "BlockReason" text,
    "BlockedAt" timestamptz,
    "CardHolderName" varchar(100) NOT NULL,
    "CardNumber" varchar(20) NOT NULL UNIQUE,
    "CardType" varchar(50) NOT NULL,
    "CreatedAt" timestamptz NOT NULL,
    "CustomerId" uuid NOT NULL REFERENCES "Customers" ("Id") ON DELETE RESTRICT,
    "DailyLimit" numeric(18,2) NOT NULL,
    "ExpiryDate" timestamptz NOT NULL,
    "IsContactless" boolean NOT NULL,
    "IsInternational" boolean NOT NULL,
    "IssuedAt" timestamptz NOT NULL,
    "MonthlyLimit" numeric(18,2) NOT NULL,
    "Status" varchar(20) NOT NULL,
    "UpdatedAt" timestamptz NOT NULL,
    "UsedThisMonth" numeric(18,2) NOT NULL,
    "UsedToday" numeric(18,2) NOT NULL
);
CREATE INDEX "IX_Cards_watermark" ON "Cards" ("UpdatedAt", "Id");
CREATE INDEX "IX_Cards_AccountId" ON "Cards" ("AccountId");
CREATE INDEX "IX_Cards_CustomerId" ON "Cards" ("CustomerId");

CREATE TABLE "Signatories" (
    "Id" uuid PRIMARY KEY,
    "AccountId" uuid NOT NULL REFERENCES "Accounts" ("Id") ON DELETE RESTRICT,
    "CreatedAt" timestamptz NOT NULL,
    "IdNumber" varchar(50) NOT NULL,
    "IsActive" boolean NOT NULL,
    "Role" varchar(50) NOT NULL,
    "SignatoryName" varchar(200) NOT NULL,
    "SignatureLimit" numeric(18,2) NOT NULL,
    "Status" varchar(20) NOT NULL
);
CREATE INDEX "IX_Signatories_watermark" ON "Signatories" ("CreatedAt", "Id");
CREATE INDEX "IX_Signatories_AccountId" ON "Signatories" ("AccountId");

