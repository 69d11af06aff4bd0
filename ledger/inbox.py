"""The inbox: what sources send by themselves, from when it was accepted until it is in the graph.

The body is forgotten then; that the event came is remembered for a while, so that it counts once however often it is
sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from psycopg import AsyncConnection

CHANNEL = "wekeza_inbox"
REMEMBERED = timedelta(days=7)  # longer than any sender repeats itself


@dataclass(frozen=True, slots=True)
class Message:
    event: str
    body: bytes = field(repr=False)


async def put_message(connection: AsyncConnection[Any], system: str, event: str, body: bytes) -> bool:
    """Keep what was sent; answers False for an event that came before, of which nothing is kept again."""
    cursor = await connection.execute(
        "INSERT INTO inbox (system, event, body) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", (system, event, body)
    )
    if cursor.rowcount:
        await connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, system))
    return bool(cursor.rowcount)


async def waiting_messages(connection: AsyncConnection[Any], system: str, limit: int) -> list[Message]:
    """What is not in the graph yet, as it came."""
    cursor = await connection.execute(
        "SELECT event, body FROM inbox WHERE system = %s AND body IS NOT NULL ORDER BY at, event LIMIT %s",
        (system, limit),
    )
    return [Message(event, bytes(body)) for event, body in await cursor.fetchall()]


async def drop_messages(connection: AsyncConnection[Any], system: str, events: Sequence[str]) -> None:
    """They are in the graph."""
    await connection.execute("UPDATE inbox SET body = NULL WHERE system = %s AND event = ANY(%s)", (system, [*events]))
    await connection.execute(
        "DELETE FROM inbox WHERE system = %s AND body IS NULL AND at < clock_timestamp() - %s", (system, REMEMBERED)
    )


async def listen_to_inbox(session: AsyncConnection[Any]) -> None:
    """From now on this session, which is in autocommit, is told of messages."""
    await session.execute(f"LISTEN {CHANNEL}")


async def await_message(session: AsyncConnection[Any], seconds: float) -> None:
    """Until something came for anybody, but no longer than that."""
    async for _ in session.notifies(timeout=seconds, stop_after=1):
        return
