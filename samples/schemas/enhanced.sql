-- EnhancedWekezaApi: REAL schema, all three tables as EnsureCreated() makes them (PascalCase, quoted). Money is stored
-- flat. Nothing of the application ever inserts into "Transactions".
-- The *_watermark indexes are ours: (watermark, key) is the cursor by which the tables are polled.

CREATE TABLE "Customers" (
    "Id" uuid PRIMARY KEY,
    "FirstName" varchar(100) NOT NULL,
    "LastName" varchar(100) NOT NULL,
    "Email" varchar(200) NOT NULL UNIQUE,
    "IdentificationNumber" varchar(50) NOT NULL UNIQUE,
    "CustomerNumber" varchar(20) NOT NULL UNIQUE,
    "Status" varchar(20) NOT NULL,
    "CreatedAt" timestamptz NOT NULL,
    "UpdatedAt" timestamptz NOT NULL
);
CREATE INDEX "IX_Customers_watermark" ON "Customers" ("UpdatedAt", "Id");

CREATE TABLE "Accounts" (
    "Id" uuid PRIMARY KEY,
    "CustomerId" uuid NOT NULL REFERENCES "Customers" ("Id") ON DELETE RESTRICT,
    "AccountNumber" varchar(50) NOT NULL UNIQUE,
    "BalanceAmount" numeric(18,2) NOT NULL,
    "CurrencyCode" varchar(3) NOT NULL,
    "Status" varchar(20) NOT NULL,
    "IsFrozen" boolean NOT NULL,
    "AccountType" varchar(50) NOT NULL,
    "CreatedAt" timestamptz NOT NULL,
    "UpdatedAt" timestamptz NOT NULL
);
CREATE INDEX "IX_Accounts_watermark" ON "Accounts" ("UpdatedAt", "Id");
CREATE INDEX "IX_Accounts_CustomerId" ON "Accounts" ("CustomerId");

CREATE TABLE "Transactions" (
    "Id" uuid PRIMARY KEY,
    "AccountId" uuid NOT NULL REFERENCES "Accounts" ("Id") ON DELETE RESTRICT,
    "Type" varchar(20) NOT NULL,
    "Amount" numeric(18,2) NOT NULL,
    "Currency" varchar(3) NOT NULL,
    "PreviousBalance" numeric(18,2) NOT NULL,
    "NewBalance" numeric(18,2) NOT NULL,
    "Status" varchar(20) NOT NULL,
    "Reference" varchar(100) NOT NULL UNIQUE,
    "Description" varchar(500) NOT NULL,
    "ProcessedAt" timestamptz NOT NULL,
    "ProcessedBy" varchar(100) NOT NULL
);
CREATE INDEX "IX_Transactions_watermark" ON "Transactions" ("ProcessedAt", "Id");
CREATE INDEX "IX_Transactions_AccountId" ON "Transactions" ("AccountId");
