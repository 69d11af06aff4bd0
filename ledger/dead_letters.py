"""Rows that became no record: kept as the source has them, until they become one, or the person is erased."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from psycopg import AsyncConnection

from ledger.rows import read_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """``content`` is an Arrow stream of the row's declared columns, ``digest`` a hash of it.

    ``key`` is that of the record that the row would be, if it says so much; it is personal, as the content is.
    """

    system: str
    table: str
    reason: str
    field: str
    key: str | None
    digest: bytes
    content: bytes


@dataclass(frozen=True, slots=True)
class Count:
    """How many letters a table has for one reason."""

    system: str
    table: str
    reason: str
    field: str
    letters: int


async def keep_letters(connection: AsyncConnection[Any], letters: Sequence[DeadLetter]) -> int:
    """Store those that are not there yet; of one that is there for another reason, the new one counts.

    Answers how many that were.
    """
    async with connection.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO dead_letter (system, table_name, reason, field, key, digest, content)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (system, table_name, digest) DO UPDATE SET reason = EXCLUDED.reason, field = EXCLUDED.field"
            " WHERE (dead_letter.reason, dead_letter.field) <> (EXCLUDED.reason, EXCLUDED.field)",
            [(it.system, it.table, it.reason, it.field, it.key, it.digest, it.content) for it in letters],
        )
        return max(cursor.rowcount, 0)  # -1 of none


async def read_letters(
    connection: AsyncConnection[Any], system: str, table: str, after: bytes, limit: int
) -> list[DeadLetter]:
    """The next letters of a table, by digest."""
    return await read_rows(
        connection,
        DeadLetter,
        'SELECT system, table_name AS "table", reason, field, key, digest, content FROM dead_letter'
        " WHERE system = %(system)s AND table_name = %(table)s AND digest > %(after)s ORDER BY digest LIMIT %(limit)s",
        system=system,
        table=table,
        after=after,
        limit=limit,
    )


async def drop_letters(connection: AsyncConnection[Any], system: str, table: str, digests: Collection[bytes]) -> None:
    """Letters of a table whose rows became records."""
    await connection.execute(
        "DELETE FROM dead_letter WHERE system = %s AND table_name = %s AND digest = ANY(%s)",
        [system, table, list(digests)],
    )


async def drop_letters_of(connection: AsyncConnection[Any], keys: Collection[str]) -> None:
    """Letters of records that have arrived since in a better form, or were erased."""
    await connection.execute("DELETE FROM dead_letter WHERE key = ANY(%s)", [list(keys)])


async def drop_old_letters(connection: AsyncConnection[Any], system: str, ages: Mapping[str, timedelta]) -> None:
    """Letters of a system's tables that are older than each table's age."""
    await connection.execute(
        "DELETE FROM dead_letter USING unnest(%s::text[], %s::interval[]) AS kept (name, age)"
        " WHERE system = %s AND table_name = name AND at < now() - age",
        [list(ages), list(ages.values()), system],
    )


async def letters_of(
    connection: AsyncConnection[Any], system: str, tables: Collection[str], limit: int
) -> dict[str, int]:
    """How many letters those of a system's tables have that have any; no more than ``limit`` are counted."""
    cursor = await connection.execute(
        "SELECT name, letters FROM unnest(%(tables)s::text[]) AS asked (name), LATERAL (SELECT count(*) AS letters"
        " FROM (SELECT FROM dead_letter WHERE system = %(system)s AND table_name = name LIMIT %(limit)s) AS found)"
        " AS counted WHERE letters > 0",
        {"tables": list(tables), "system": system, "limit": limit},
    )
    return dict(await cursor.fetchall())


async def count_letters(connection: AsyncConnection[Any]) -> list[Count]:
    """By system, table and reason, in this order."""
    return await read_rows(
        connection,
        Count,
        'SELECT system, table_name AS "table", reason, field, count(*) AS letters FROM dead_letter'
        " GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
    )
