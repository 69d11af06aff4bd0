// Suppressed values are few among many: browse_suppressed lists them without a scan.
CREATE INDEX identifier_suppressed IF NOT EXISTS FOR (i:Identifier) ON (i.suppressed)
