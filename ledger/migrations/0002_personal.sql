-- Personal tables: joined to the chain by id, and erasable.
CREATE TABLE record_key (
    key      text PRIMARY KEY,
    birth_id uuid NOT NULL UNIQUE REFERENCES rank
);
