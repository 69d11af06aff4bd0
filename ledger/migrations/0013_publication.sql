-- How far what happened to customers has been told to others: the place in the feed of the last event they surely have.
CREATE TABLE publication (
    name   text PRIMARY KEY, -- where it is told
    step   bigint NOT NULL,
    number int NOT NULL      -- of the event in the step
);
