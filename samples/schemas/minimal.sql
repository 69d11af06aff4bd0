-- MinimalWekezaApi: REAL schema, all three tables as EnsureCreated() makes them (PascalCase, quoted). No column tells that
-- a customer or an account changed.
-- The *_watermark indexes are ours: (watermark, key) is the cursor by which new rows are found.

CREATE TABLE "Customers" (
    "Id" uuid PRIMARY KEY,
    "CustomerNumber" varchar(20) NOT NULL UNIQUE,
    "FirstName" varchar(100) NOT NULL,
    "LastName" varchar(100) NOT NULL,
    "Email" varchar(200) NOT NULL UNIQUE,
    "IdentificationNumber" varchar(50) NOT NULL UNIQUE,
    "Status" text NOT NULL,
    "CreatedAt" timestamptz NOT NULL
);
CREATE INDEX "IX_Customers_watermark" ON "Customers" ("CreatedAt", "Id");

CREATE TABLE "Accounts" (
    "Id" uuid PRIMARY KEY,
    "AccountNumber" varchar(20) NOT NULL UNIQUE,
    "CustomerId" uuid NOT NULL REFERENCES "Customers" ("Id") ON DELETE CASCADE,
    "CurrencyCode" varchar(3) NOT NULL,
    "Balance" numeric(18,2) NOT NULL,
    "AvailableBalance" numeric(18,2) NOT NULL,
    "Status" text NOT NULL,
    "AccountType" text NOT NULL,
    "CreatedAt" timestamptz NOT NULL
);
CREATE INDEX "IX_Accounts_watermark" ON "Accounts" ("CreatedAt", "Id");
CREATE INDEX "IX_Accounts_CustomerId" ON "Accounts" ("CustomerId");

CREATE TABLE "Transactions" (
    "Id" uuid PRIMARY KEY,
    "Reference" varchar(50) NOT NULL UNIQUE,
    "AccountId" uuid NOT NULL REFERENCES "Accounts" ("Id") ON DELETE CASCADE,
    "Type" text NOT NULL,
    "Amount" numeric(18,2) NOT NULL,
    "BalanceAfter" numeric(18,2) NOT NULL,
    "CurrencyCode" varchar(3) NOT NULL,
    "Description" varchar(500) NOT NULL,
    "Status" text NOT NULL,
    "ProcessedBy" text NOT NULL,
    "ProcessedAt" timestamptz NOT NULL
);
CREATE INDEX "IX_Transactions_watermark" ON "Transactions" ("ProcessedAt", "Id");
CREATE INDEX "IX_Transactions_AccountId" ON "Transactions" ("AccountId");
