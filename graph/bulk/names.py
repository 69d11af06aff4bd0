"""The profiles of the records: canonical name and birth date, which is all that rule 3 knows of them.

Each distinct spelling is made canonical once; names and profiles are numbers from then on.
"""

import pyarrow as pa

from graph.bulk.tables import Tables, add_table, ask
from graph.resolution.names import canonical_name

_DISTINCT = """
create table written as
    select full_name as raw, is_plain_name(full_name) as plain from record where full_name is not null group by full_name
"""
_PLAIN = "create table spelled as select raw, plain_name(raw) as canonical from written where plain"
_ODD = "select raw from written where not plain"
_NAME = """
create table name as
    select row_number() over ()::integer as id, canonical, if(len(list_distinct(words)) = len(words), words, null) as words
    from (select distinct canonical, string_split(canonical, ' ') as words from spelled where canonical is not null)
"""
_NAMED = """
create table named as
    select record.rowid::integer as rank, name.id as name, birth_date
    from record left join spelled on full_name = raw left join name using (canonical)
"""
_PROFILE = """
create table profile as
    select row_number() over ()::integer as id, pair.*, canonical, words
    from (select distinct name, birth_date from named) pair left join name on name.id = pair.name
"""
_PROFILED = """
create or replace table named as
    select rank, named.name, profile.id as profile
    from named join profile
        on named.name is not distinct from profile.name and named.birth_date is not distinct from profile.birth_date
"""


def name_records(tables: Tables) -> None:
    """Makes the tables ``named`` and ``profile`` from ``record``."""
    tables.execute(_DISTINCT)
    tables.execute(_PLAIN)
    odd = ask(tables, _ODD)["raw"].to_pylist()
    canonical = pa.table({"raw": pa.array(odd, pa.string()), "canonical": pa.array(map(canonical_name, odd), pa.string())})
    add_table(tables, "odd", canonical)
    tables.execute("insert into spelled from odd")
    tables.execute(_NAME)
    tables.execute(_NAMED)
    tables.execute(_PROFILE)
    tables.execute(_PROFILED)
    tables.execute("drop table written; drop table spelled; drop table odd; drop table name")
