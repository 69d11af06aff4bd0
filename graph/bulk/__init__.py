"""The rule over a file, in columns: `graph.bulk.file.resolve_file` is the way in.

Every step is a statement over whole columns in DuckDB, and asks the rule's own functions about distinct cases only.
The tables, in the order in which they come to be; ``rank`` is a record's place in the order of all record keys:

``record``    record, full_name, birth_date, country, party_type, verified, a list for each identifier column;
              its row id is the rank
``named``     rank, name: the id of its canonical name, or null; ``name``: id, canonical
``value``     value (its number), key, kind, country, placeholder: identifiers of two records or more, or of an exclusive kind
``holding``   rank, value, verified: each pair once
``eligible``  value, kind, country, first (its lowest rank), holders, strict: values that link, as `judge_value` says
``raw``       rank, root: the lowest rank of its raw component
``judged``    root: the raw components that the short cut leaves to `resolve_component`
``customer``  rank, founder
"""
