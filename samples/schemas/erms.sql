-- ERMS: the schema of Wekeza/Other/WekezaERMS (PascalCase, enumerations as integers from 1), with "CustomerRiskProfiles", which is
-- PROPOSED: the real register knows departments and owners, and no customer at all. Nobody but the service reads it.

CREATE TABLE "Users" (
    "Id" uuid PRIMARY KEY,
    "Username" varchar(100) NOT NULL UNIQUE,
    "Email" varchar(200) NOT NULL UNIQUE,
    "PasswordHash" text NOT NULL,
    "Role" integer NOT NULL,
    "IsActive" boolean NOT NULL,
    "CreatedAt" timestamptz NOT NULL,
    "UpdatedAt" timestamptz,
    "FullName" varchar(200)
);

CREATE TABLE "Risks" (
    "Id" uuid PRIMARY KEY,
    "RiskCode" varchar(50) NOT NULL UNIQUE,
    "Title" varchar(200) NOT NULL,
    "Description" varchar(2000) NOT NULL,
    "Category" integer NOT NULL,
    "Status" integer NOT NULL,
    "InherentLikelihood" integer NOT NULL,
    "InherentImpact" integer NOT NULL,
    "InherentRiskScore" integer NOT NULL,
    "InherentRiskLevel" integer NOT NULL,
    "ResidualLikelihood" integer,
    "ResidualImpact" integer,
    "ResidualRiskScore" integer,
    "ResidualRiskLevel" integer,
    "TreatmentStrategy" integer NOT NULL,
    "OwnerId" uuid NOT NULL,
    "Department" varchar(100) NOT NULL,
    "IdentifiedDate" timestamptz NOT NULL,
    "LastAssessmentDate" timestamptz,
    "NextReviewDate" timestamptz NOT NULL,
    "RiskAppetite" integer NOT NULL,
    "CreatedAt" timestamptz NOT NULL,
    "CreatedBy" uuid NOT NULL,
    "UpdatedAt" timestamptz,
    "UpdatedBy" uuid
);

CREATE TABLE "MitigationActions" (
    "Id" uuid PRIMARY KEY,
    "RiskId" uuid NOT NULL REFERENCES "Risks" ("Id") ON DELETE CASCADE,
    "ActionTitle" varchar(200) NOT NULL,
    "Description" text NOT NULL,
    "OwnerId" uuid NOT NULL,
    "Status" integer NOT NULL,
    "DueDate" timestamptz NOT NULL,
    "CompletedDate" timestamptz,
    "ProgressPercentage" integer NOT NULL,
    "EstimatedCost" numeric NOT NULL,
    "ActualCost" numeric NOT NULL,
    "Notes" text NOT NULL,
    "CreatedAt" timestamptz NOT NULL,
    "CreatedBy" uuid NOT NULL,
    "UpdatedAt" timestamptz,
    "UpdatedBy" uuid
);

CREATE TABLE "KeyRiskIndicators" (
    "Id" uuid PRIMARY KEY,
    "RiskId" uuid NOT NULL REFERENCES "Risks" ("Id") ON DELETE CASCADE,
    "Name" varchar(200) NOT NULL,
    "Description" text NOT NULL,
    "MeasurementUnit" varchar(50) NOT NULL,
    "CurrentValue" numeric NOT NULL,
    "ThresholdWarning" numeric NOT NULL,
    "ThresholdCritical" numeric NOT NULL,
    "Frequency" text NOT NULL,
    "LastMeasuredDate" timestamptz NOT NULL,
    "NextMeasurementDate" timestamptz NOT NULL,
    "Status" integer NOT NULL,
    "DataSource" varchar(200) NOT NULL,
    "OwnerId" uuid NOT NULL,
    "CreatedAt" timestamptz NOT NULL,
    "CreatedBy" uuid NOT NULL,
    "UpdatedAt" timestamptz,
    "UpdatedBy" uuid
);

CREATE TABLE "CustomerRiskProfiles" (
    "Id" uuid PRIMARY KEY,
    "CustomerNumber" varchar(50),
    "NationalId" varchar(50),
    "RiskScore" integer NOT NULL CHECK ("RiskScore" BETWEEN 1 AND 25),
    "RiskLevel" integer NOT NULL,
    "Category" integer NOT NULL,
    "AssessedAt" timestamptz NOT NULL,
    "UpdatedAt" timestamptz
);
