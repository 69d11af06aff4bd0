"""The script for a source's owner: a user who may read the declared columns and nothing else. We never run it.

Each database gets a user of its own, named after its DSN: two systems in one database, or two databases of one system
on one server, are then told apart by who asks. Where the log is followed, publication and slot are named after them.
"""

from collections.abc import Callable, Iterable, Iterator

from ingest.connectors import mysql, postgresql
from ingest.connectors.slot import PLUGIN, slot_name
from ingest.source import Source
from ingest.table import Table

PASSWORD = "choose a password"  # noqa: S105 - it tells the owner to
# Whose identity is not published, a table's own application could not update any more.
CHECK_IDENTITY = """DO $$ BEGIN
  IF EXISTS (
    SELECT FROM pg_publication_rel r JOIN pg_class c ON c.oid = r.prrelid
    LEFT JOIN pg_index i ON i.indrelid = c.oid
      AND CASE c.relreplident WHEN 'd' THEN i.indisprimary WHEN 'i' THEN i.indisreplident ELSE false END
    WHERE r.prpubid = (SELECT oid FROM pg_publication WHERE pubname = '{name}')
    AND NOT coalesce(i.indkey::int2[] <@ r.prattrs::int2[], false)
  ) THEN RAISE EXCEPTION 'a table of {name} has no primary key, or one that is not published: leave the table out';
  END IF;
END $$;"""

Quote = Callable[[str], str]


def grants_of(source: Source) -> str:
    """One script for each of the source's databases, each begun by a comment that says where to run it."""
    return "\n".join(line for name in (None, *source.places) for line in _script(source, name))


def publication_of(name: str, tables: Iterable[Table]) -> Iterator[str]:
    """The statements that publish the declared columns of these tables, and keep what changes in them from then on.

    The slot comes last, for it sends nothing that is older than its publication.
    """
    published = ", ".join(f"{place} ({columns})" for place, columns in _columns_of(tables, _double))
    yield f"BEGIN; CREATE PUBLICATION {name} FOR TABLE {published} WITH (publish_via_partition_root = true);"
    yield CHECK_IDENTITY.format(name=name)
    yield "COMMIT;"
    yield f"SELECT pg_create_logical_replication_slot('{name}', '{PLUGIN}');"


def _script(source: Source, name: str | None) -> Iterator[str]:
    tables = [table for table in source.tables if table.place == name]
    if not tables:
        return
    place, user = source.place_of(tables[0]), f"wekeza_{source.dsn_name_of(tables[0])}"
    if place.pattern == "files":
        yield f"-- {source.title}: let wekeza read the folder of its files, and move them there."
        yield ""
        return
    if place.pattern == "rest":
        yield f"-- {source.title}: let a client of its own read these lists of {place.database}, and change nothing."
        yield from (f"-- {table.table}: {', '.join(table.columns)}" for table in tables)
        yield ""
        return
    yield f"-- {source.title}: run this in {place.database} ({place.engine}), as its administrator."
    scripts = {"postgresql": _postgresql, "mysql": _mysql, "mssql": _mssql, "kafka": _kafka}
    yield from scripts[place.engine](user, tables)
    if place.pattern == "cdc":
        yield from _following(user, slot_name(user, source.dsn_name_of(tables[0])), tables)
    yield ""


def _postgresql(user: str, tables: list[Table]) -> Iterator[str]:
    yield f"CREATE ROLE {user} LOGIN PASSWORD '{PASSWORD}';"
    yield f"ALTER ROLE {user} SET default_transaction_read_only = on;"
    yield f"ALTER ROLE {user} SET statement_timeout = '{postgresql.STATEMENT_SECONDS}s';"
    for schema in sorted({table.schema_name or "public" for table in tables}):
        yield f"GRANT USAGE ON SCHEMA {_double(schema)} TO {user};"
    yield from _selects(tables, _double, user)


def _following(user: str, name: str, tables: list[Table]) -> Iterator[str]:
    yield "-- Its log is followed. It needs wal_level = logical, and max_slot_wal_keep_size = 10GB or so, which limits"
    yield "-- what is kept while wekeza is away. No line of pg_hba.conf may let this user into 'replication', by which"
    yield "-- the whole server can be copied. Another installation of wekeza needs a user, and so names, of its own."
    yield f"ALTER ROLE {user} REPLICATION;"
    yield from publication_of(name, tables)
    yield f"-- When wekeza leaves: SELECT pg_drop_replication_slot('{name}'); DROP PUBLICATION {name};"


def _mysql(user: str, tables: list[Table]) -> Iterator[str]:
    limit = f"/*M! WITH MAX_STATEMENT_TIME {mysql.STATEMENT_SECONDS} */"  # MariaDB reads it, MySQL has no such limit
    yield f"CREATE USER '{user}'@'%' IDENTIFIED BY '{PASSWORD}' {limit};"
    yield from _selects(tables, _back, f"'{user}'@'%'")


def _kafka(user: str, tables: list[Table]) -> Iterator[str]:
    add = f"kafka-acls.sh --bootstrap-server HOST:PORT --add --allow-principal User:{user}"
    for topic in sorted({table.table for table in tables}):
        yield f"{add} --operation Read --operation Describe --topic {topic}"
    yield f"{add} --operation Read --group wekeza- --resource-pattern-type prefixed"


def _mssql(user: str, tables: list[Table]) -> Iterator[str]:
    yield f"CREATE LOGIN {user} WITH PASSWORD = '{PASSWORD}';"
    yield f"CREATE USER {user} FOR LOGIN {user};"
    yield "-- SQL Server limits no statement by user: wekeza ends what takes too long."
    yield from _selects(tables, _bracket, user)


def _selects(tables: list[Table], quote: Quote, user: str) -> Iterator[str]:
    for place, columns in _columns_of(tables, quote):
        yield f"GRANT SELECT ({columns}) ON {place} TO {user};"  # the same in all three


def _columns_of(tables: Iterable[Table], quote: Quote) -> Iterator[tuple[str, str]]:
    """Tables of the database with their columns. Two declared tables may read one of them, which is named once."""
    columns: dict[tuple[str | None, str], dict[str, None]] = {}
    for table in tables:
        columns.setdefault((table.schema_name, table.table), {}).update(dict.fromkeys(table.columns))
    for (schema, name), wanted in columns.items():
        yield ".".join(quote(part) for part in (schema, name) if part), ", ".join(map(quote, wanted))


def _double(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _back(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _bracket(name: str) -> str:
    return "[" + name.replace("]", "]]") + "]"
