"""The rule over a file, in columns: `graph.bulk.file.resolve_file` is the way in.

Every step is a statement over whole columns in DuckDB, and asks the rule's own functions about distinct cases only.
The tables, in the order in which they come to be; ``rank`` is a record's place in the order of all record keys:

``record``      as `columns.read_records` reads the file; its row id is the rank
``name``        name (a number), canonical, words, full_words
``profile``     profile (a number), name, birth_date: all that rule 3 knows of a record
``named``       rank, name, profile
``value``       value (a number), key, kind, country, placeholder: of two records or more, or of an exclusive kind
``holding``     rank, value, verified (which replaces a claim): each pair once
``eligible``    value, kind, country, first (lowest rank that holds it), links, stage, bar: what `judge_value` lets pass
``occupant``    value, claims, profile, rank: who is on the values that link
``cell``        the occupants of a value that are alike, with their first rank
``accepted``    pairs of cells that may be linked; ``refused``: those that may not, with the reason
``together``    rank, root: the components of the candidate links; a root is the lowest rank
``judged``      rank, root: the raw components in which rule 4 has something to decide
``customer``    rank, founder
``link``        a, b, kind, accepted, reason
"""
