// Roles that will end are few among many: load_ending_roles finds those whose time is over.
CREATE INDEX role_ends IF NOT EXISTS FOR (n:Role) ON (n.ends)
