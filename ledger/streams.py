"""How far each source was heard that pushes and remembers: written by who follows it, before it is acknowledged."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row

from ledger.ledger import Ledger

LIVE = timedelta(seconds=60)  # who follows says so several times in this time


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """``reached`` grows, as text, within one ``history`` of the source; ``behind`` are the bytes that it keeps."""

    system: str
    history: str
    reached: str
    behind: int
    live: bool  # whether somebody follows it now


async def stream_of(connection: AsyncConnection[Any], system: str) -> Stream | None:
    """None if the source was never followed."""
    return next((it for it in await _streams(connection) if it.system == system), None)


async def record_stream(
    connection: AsyncConnection[Any], system: str, *, history: str, reached: str, behind: int
) -> None:
    """Remember it, by the ledger's clock."""
    await connection.execute(
        "INSERT INTO source_stream VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (system) DO UPDATE SET history = EXCLUDED.history, reached = EXCLUDED.reached,"
        " behind = EXCLUDED.behind, at = EXCLUDED.at",
        [system, history, reached, behind],
    )


async def leave_stream(connection: AsyncConnection[Any], system: str) -> None:
    """Nobody follows it from now on, so it is polled."""
    await connection.execute("UPDATE source_stream SET at = '-infinity' WHERE system = %s", [system])


async def streams(ledger: Ledger) -> list[Stream]:
    """All that were ever followed, by name."""
    async with ledger.transaction() as connection:
        return await _streams(connection)


async def _streams(connection: AsyncConnection[Any]) -> list[Stream]:
    async with connection.cursor(row_factory=class_row(Stream)) as cursor:
        await cursor.execute(
            "SELECT system, history, reached, behind, at > now() - %s AS live FROM source_stream ORDER BY system",
            [LIVE],
        )
        return await cursor.fetchall()
