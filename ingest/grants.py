"""The script for a source's owner: a user who may read the declared columns and nothing else. We never run it.

Each database gets a user of its own, named after its DSN: two systems in one database, or two databases of one system
on one server, are then told apart by who asks.
"""

from collections.abc import Callable, Iterator

from ingest.connectors import mysql, postgresql
from ingest.source import Source
from ingest.table import Table

PASSWORD = "choose a password"  # noqa: S105 - it tells the owner to

Quote = Callable[[str], str]


def grants_of(source: Source) -> str:
    """One script for each of the source's databases, each begun by a comment that says where to run it."""
    return "\n".join(line for name in (None, *source.places) for line in _script(source, name))


def _script(source: Source, name: str | None) -> Iterator[str]:
    tables = [table for table in source.tables if table.place == name]
    if not tables:
        return
    place, user = source.place_of(tables[0]), f"wekeza_{source.dsn_name_of(tables[0])}"
    yield f"-- {source.title}: run this in {place.database} ({place.engine}), as its administrator."
    scripts = {"postgresql": _postgresql, "mysql": _mysql, "mssql": _mssql, "kafka": _kafka}
    yield from scripts[place.engine](user, tables)
    yield ""


def _postgresql(user: str, tables: list[Table]) -> Iterator[str]:
    yield f"CREATE ROLE {user} LOGIN PASSWORD '{PASSWORD}';"
    yield f"ALTER ROLE {user} SET default_transaction_read_only = on;"
    yield f"ALTER ROLE {user} SET statement_timeout = '{postgresql.STATEMENT_SECONDS}s';"
    for schema in sorted({table.schema_name or "public" for table in tables}):
        yield f"GRANT USAGE ON SCHEMA {_double(schema)} TO {user};"
    yield from _selects(tables, _double, user)


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
    """Two declared tables may read one of the database: its columns are granted once."""
    columns: dict[tuple[str | None, str], dict[str, None]] = {}
    for table in tables:
        columns.setdefault((table.schema_name, table.table), {}).update(dict.fromkeys(table.columns))
    for (schema, name), wanted in columns.items():
        place = ".".join(quote(part) for part in (schema, name) if part)
        listed = ", ".join(quote(column) for column in wanted)
        yield f"GRANT SELECT ({listed}) ON {place} TO {user};"  # the same in all three


def _double(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _back(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _bracket(name: str) -> str:
    return "[" + name.replace("]", "]]") + "]"
