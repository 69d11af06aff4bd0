"""Rows that became no record: kept as the source has them, until they become one, or the person is erased."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
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


async def keep_letters(connection: AsyncConnection[Any], letters: Sequence[DeadLetter]) -> None:
    """Store those that are not there yet; of one that is there for another reason, the new one counts."""
    async with connection.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO dead_letter (system, table_name, reason, field, key, digest, content)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (system, table_name, digest) DO UPDATE SET reason = EXCLUDED.reason, field = EXCLUDED.field"
            " WHERE (dead_letter.reason, dead_letter.field) <> (EXCLUDED.reason, EXCLUDED.field)",
            [(it.system, it.table, it.reason, it.field, it.key, it.digest, it.content) for it in letters],
        )


async def read_letters(
    connection: AsyncConnection[Any], system: str, table: str, after: int, limit: int
) -> list[tuple[int, DeadLetter]]:
    """The next letters of a table, each with its id, in the order in which they came."""
    return await read_rows(
        connection,
        _letter,
        'SELECT id, system, table_name AS "table", reason, field, key, digest, content FROM dead_letter'
        " WHERE system = %(system)s AND table_name = %(table)s AND id > %(after)s ORDER BY id LIMIT %(limit)s",
        system=system,
        table=table,
        after=after,
        limit=limit,
    )


async def drop_letters(connection: AsyncConnection[Any], ids: Collection[int]) -> None:
    """Letters whose rows became records."""
    await connection.execute("DELETE FROM dead_letter WHERE id = ANY(%s)", [list(ids)])


async def drop_letters_of(connection: AsyncConnection[Any], keys: Collection[str]) -> None:
    """Letters of records that have arrived since in a better form, or were erased."""
    await connection.execute("DELETE FROM dead_letter WHERE key = ANY(%s)", [list(keys)])


async def count_letters(connection: AsyncConnection[Any]) -> list[Count]:
    """By system, table and reason, in this order."""
    return await read_rows(
        connection,
        Count,
        'SELECT system, table_name AS "table", reason, field, count(*) AS letters FROM dead_letter'
        " GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
    )


def _letter(
    id: int, system: str, table: str, reason: str, field: str, key: str | None, digest: bytes, content: bytes
) -> tuple[int, DeadLetter]:
    return id, DeadLetter(
        system=system, table=table, reason=reason, field=field, key=key, digest=digest, content=content
    )
