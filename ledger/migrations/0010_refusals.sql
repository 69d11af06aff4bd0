-- Who asked for what his role may not have, or ruled on his own proposal, is in the chain, too.
ALTER TABLE audit
    DROP CONSTRAINT audit_operation_check,
    ADD CONSTRAINT audit_operation_check
        CHECK (operation IN ('query', 'mutation', 'subscription', 'refusal')) NOT VALID; -- all rows before are fewer
