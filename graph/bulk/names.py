"""The profiles of the records: canonical name and birth date, which is all that rule 3 knows of them.

Each distinct spelling is made canonical once; names and profiles are numbers from then on.
"""

import pyarrow as pa

from graph.bulk.tables import Tables, add_table, ask
from graph.resolution.names import canonical_name

_DISTINCT = """
create table written as
    select full_name as raw, is_plain_name(full_name) as plain
    from record where full_name is not null group by full_name
"""
_PLAIN = """
create table spelled as
    select raw, if(is_stand_in(tidy), null, tidy) as canonical
    from (select raw, tidy_name(raw) as tidy from written where plain)
"""
_ODD = "select raw from written where not plain"
# ``words`` only where each is there once, so that they can be compared as sets; ``full`` counts those beyond initials.
_NAME = """
create table name as
    select row_number() over ()::integer as name, canonical,
        if(len(list_distinct(words)) = len(words), words, null) as words,
        len(list_filter(words, lambda word: length(word) > 1)) as full_words
    from (select canonical, string_split(canonical, ' ') as words
        from (select distinct canonical from spelled where canonical is not null))
"""
_NAMED = """
create table named as
    select record.rowid::integer as rank, name, birth_date
    from record left join spelled on full_name = raw left join name using (canonical)
"""
_PROFILE = """
create table profile as
    select row_number() over ()::integer as profile, name, birth_date from (select distinct name, birth_date from named)
"""
_PROFILED = """
create or replace table named as
    select rank, named.name, profile
    from named join profile
        on named.name is not distinct from profile.name and named.birth_date is not distinct from profile.birth_date
"""


def name_records(tables: Tables) -> None:
    """Makes the tables ``name``, ``profile`` and ``named`` from ``record``."""
    tables.execute(_DISTINCT)
    tables.execute(_PLAIN)
    odd = ask(tables, _ODD)["raw"].to_pylist()
    canonical = pa.table(
        {"raw": pa.array(odd, pa.string()), "canonical": pa.array(map(canonical_name, odd), pa.string())}
    )
    add_table(tables, "odd", canonical)
    tables.execute("insert into spelled from odd")
    tables.execute(_NAME)
    tables.execute(_NAMED)
    tables.execute(_PROFILE)
    tables.execute(_PROFILED)
    tables.execute("drop table written; drop table spelled; drop table odd")
