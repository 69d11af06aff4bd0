// What there is to review is gathered from the refused links that are worth a person's time: few among many.
CREATE INDEX quarantined_reason IF NOT EXISTS FOR ()-[q:QUARANTINED]-() ON (q.reason, q.inside, q.kind)
