-- Mobile Banking: PROPOSED schema. No repository of the bank holds such a database; these tables are ours, made from the
-- nearest code that exists: v1-Core's DigitalChannel aggregate, its enrolment command and the MAUI app.
-- The channel itself ("DigitalChannels") is not part of it: "ChannelId" is the same constant in every row.
-- "ChannelSessions"."UserId" is a free string there and here: "MobileUsers"."Id" as text, without a foreign key.

CREATE TABLE "MobileUsers" (
    "Id" uuid PRIMARY KEY,
    "CustomerId" uuid,
    "PhoneNumber" varchar(20) NOT NULL,
    "Email" varchar(255),
    "FullName" varchar(200) NOT NULL,
    "PreferredUsername" varchar(100),
    "Status" varchar(20) NOT NULL,
    "EnrolledAt" timestamptz NOT NULL,
    "UpdatedAt" timestamptz NOT NULL
);
CREATE INDEX "IX_MobileUsers_watermark" ON "MobileUsers" ("UpdatedAt", "Id");

CREATE TABLE "DeviceInfo" (
    "DeviceId" varchar(100) PRIMARY KEY,
    "MobileUserId" uuid NOT NULL REFERENCES "MobileUsers" ("Id"),
    "DeviceType" varchar(50) NOT NULL,
    "OperatingSystem" varchar(100) NOT NULL,
    "AppVersion" varchar(20) NOT NULL,
    "IsTrusted" boolean NOT NULL,
    "RegisteredAt" timestamptz NOT NULL,
    "LastSeenAt" timestamptz NOT NULL
);
CREATE INDEX "IX_DeviceInfo_watermark" ON "DeviceInfo" ("LastSeenAt", "DeviceId");
CREATE INDEX "IX_DeviceInfo_MobileUserId" ON "DeviceInfo" ("MobileUserId");

CREATE TABLE "LoginActivity" (
    "Id" uuid PRIMARY KEY,
    "MobileUserId" uuid NOT NULL REFERENCES "MobileUsers" ("Id"),
    "DeviceId" varchar(100) NOT NULL,
    "IsSuccessful" boolean NOT NULL,
    "FailureReason" varchar(200),
    "IpAddress" varchar(45) NOT NULL,
    "OccurredAt" timestamptz NOT NULL
);
CREATE INDEX "IX_LoginActivity_watermark" ON "LoginActivity" ("OccurredAt", "Id");
CREATE INDEX "IX_LoginActivity_MobileUserId" ON "LoginActivity" ("MobileUserId");

-- "Status": Active 1, Ended 2, Expired 3, Terminated 4.
CREATE TABLE "ChannelSessions" (
    "Id" uuid PRIMARY KEY,
    "ChannelId" uuid NOT NULL,
    "SessionId" varchar(100) NOT NULL UNIQUE,
    "UserId" varchar(100) NOT NULL,
    "DeviceId" varchar(100) NOT NULL,
    "IpAddress" varchar(45) NOT NULL,
    "UserAgent" varchar(500) NOT NULL,
    "Platform" varchar(10) NOT NULL,
    "AppVersion" varchar(20) NOT NULL,
    "StartTime" timestamptz NOT NULL,
    "ExpiryTime" timestamptz NOT NULL,
    "EndTime" timestamptz,
    "Status" integer NOT NULL,
    "EndReason" varchar(200)
);
CREATE INDEX "IX_ChannelSessions_watermark" ON "ChannelSessions" ("StartTime", "Id");

-- "Status": Initiated 1, Processing 2, Completed 3, Failed 4, Cancelled 5.
-- "TransactionId" is the core system's "Transactions"."Reference" of the same booking.
CREATE TABLE "ChannelTransactions" (
    "Id" uuid PRIMARY KEY,
    "ChannelId" uuid NOT NULL,
    "TransactionId" varchar(100) NOT NULL UNIQUE,
    "SessionId" varchar(100) NOT NULL,
    "AccountNumber" varchar(50) NOT NULL,
    "ServiceCode" varchar(50) NOT NULL,
    "Amount" numeric(18,2) NOT NULL,
    "Currency" varchar(3) NOT NULL,
    "Description" varchar(500) NOT NULL,
    "Status" integer NOT NULL,
    "ProcessedBy" varchar(100) NOT NULL,
    "ProcessedAt" timestamptz NOT NULL,
    "CompletedAt" timestamptz,
    "FailureReason" varchar(500)
);
CREATE INDEX "IX_ChannelTransactions_watermark" ON "ChannelTransactions" ("ProcessedAt", "Id");

CREATE TABLE "PushNotifications" (
    "Id" uuid PRIMARY KEY,
    "MobileUserId" uuid NOT NULL REFERENCES "MobileUsers" ("Id"),
    "Type" integer NOT NULL,
    "Title" varchar(200) NOT NULL,
    "Message" varchar(1000) NOT NULL,
    "IsRead" boolean NOT NULL,
    "SentAt" timestamptz NOT NULL,
    "ReadAt" timestamptz
);
CREATE INDEX "IX_PushNotifications_watermark" ON "PushNotifications" ("SentAt", "Id");
