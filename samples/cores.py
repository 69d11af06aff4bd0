"""The cores in which the scenario may open a customer: their tables are alike, each numbers things in its own way."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

import psycopg
from psycopg import sql

COUNTED = {  # table -> column, prefix, digits
    "Customers": ("CustomerNumber", "IND", 6),
    "Accounts": ("AccountNumber", "WKZ", 8),
    "Transactions": ("Reference", "DEP", 8),
}
DRAWN = {"Customers": "CUS", "Accounts": "WKZ", "Transactions": "DEP"}


@dataclass(frozen=True, slots=True)
class Core:
    """``number`` is the next one for a row of a table."""

    name: str
    number: Callable[[psycopg.Connection, str], str]


def _count(core: psycopg.Connection, table: str) -> str:
    column, prefix, digits = COUNTED[table]
    return f"{prefix}{next_number(core, table, column, prefix):0{digits}d}"


def _draw(_: psycopg.Connection, table: str) -> str:
    return f"{DRAWN[table]}-{uuid.uuid4().hex[:8].upper()}"


COMPREHENSIVE = Core("comprehensive", _count)
DATABASE_API = Core("database_api", _draw)


def next_number(connection: psycopg.Connection, table: str, column: str, prefix: str) -> int:
    """The number after the highest one; the lock keeps a second writer from taking the same, readers go on."""
    names = {"table": sql.Identifier(table), "column": sql.Identifier(column), "start": len(prefix) + 1}
    connection.execute(sql.SQL("LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE").format(**names))
    query = "SELECT coalesce(max(substr({column}, {start})::bigint), 0) + 1 FROM {table}"
    row = connection.execute(sql.SQL(query).format(**names)).fetchone()
    return int(row[0]) if row else 1
