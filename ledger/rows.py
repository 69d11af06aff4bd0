"""Rows as values: every column of a query is an argument of what makes the value."""

from collections.abc import AsyncIterator, Callable
from typing import Any, LiteralString, TypeVar

from psycopg import AsyncConnection
from psycopg.rows import kwargs_row

T = TypeVar("T")

BATCH = 5_000  # rows that a stream fetches at once


async def read_rows(
    connection: AsyncConnection[Any], make: Callable[..., T], query: LiteralString, **given: Any
) -> list[T]:
    async with connection.cursor(row_factory=kwargs_row(make)) as cursor:
        await cursor.execute(query, given)
        return await cursor.fetchall()


async def stream_rows(
    connection: AsyncConnection[Any], make: Callable[..., T], query: LiteralString, **given: Any
) -> AsyncIterator[T]:
    """In bounded memory; the connection must be in a transaction and may run other statements meanwhile."""
    async with connection.cursor(name=make.__name__, row_factory=kwargs_row(make)) as cursor:
        cursor.itersize = BATCH
        await cursor.execute(query, given)
        async for row in cursor:
            yield row
