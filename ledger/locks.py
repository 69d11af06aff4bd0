"""PostgreSQL advisory locks: *leader* (who schedules), *writer* (one step at a time), one for each source.

Each is held by a connection of its own and ends with it, however the process ends.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection, OperationalError

from ledger.errors import LockLost
from ledger.ledger import Ledger

FAMILY = 0x77656B  # "wek"; the second number says which lock, 0 is the migrations'
LEADER = (FAMILY, 1)
WRITER = (FAMILY, 2)
AUDIT = (FAMILY, 3)  # held for one transaction each: see ledger.audit
SOURCES = FAMILY + 1  # the second number says which source


class Leadership:
    """Held as long as its connection lives."""

    def __init__(self, connection: AsyncConnection[Any]) -> None:
        self._connection = connection

    async def confirm(self) -> None:
        """Ask the server whether the session, and so the lock, is still there. Raises LockLost."""
        try:
            await self._connection.execute("SELECT 1")
        except OperationalError as fault:
            raise LockLost("The leader's connection to PostgreSQL broke: another process may lead now.") from fault


@asynccontextmanager
async def leader_lock(ledger: Ledger) -> AsyncIterator[Leadership | None]:
    """Become leader if nobody else is; None if somebody is. Does not wait."""
    async with ledger.session() as connection:
        await _notice_dead_lines(connection)
        row = await (await connection.execute("SELECT pg_try_advisory_lock(%s, %s)", LEADER)).fetchone()
        yield Leadership(connection) if row and row[0] else None


@asynccontextmanager
async def writer_lock(ledger: Ledger) -> AsyncIterator[AsyncConnection[Any]]:
    """Wait until no other writer is there; what is appended goes through the connection that this yields."""
    async with ledger.session() as connection:
        await _notice_dead_lines(connection)
        await connection.execute("SELECT pg_advisory_lock(%s, %s)", WRITER)
        yield connection


@asynccontextmanager
async def source_lock(ledger: Ledger, system: str) -> AsyncIterator[None]:
    """Wait until nobody else reads this source, so that what is read first is loaded first."""
    async with ledger.session() as connection:
        await _notice_dead_lines(connection)
        await connection.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", (SOURCES, system))
        yield


async def _notice_dead_lines(connection: AsyncConnection[Any]) -> None:
    """A holder whose machine vanished must not hold its lock for the two hours that TCP would wait."""
    await connection.execute(
        "SELECT set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false),"
        " set_config('tcp_keepalives_count', '3', false)"
    )
