"""PostgreSQL's advisory locks: who reads which source, who resolves, and *writer* (one step at a time).

Many processes may ingest, each source is read by one of them, in one way at a time, and one at a time resolves. A
rebuild has all sources to itself.

Each is held by a connection of its own and ends with it, however the process ends.
"""

import hashlib
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Any, LiteralString

from psycopg import AsyncConnection, OperationalError

from ledger.errors import LockLost
from ledger.ledger import Ledger

FAMILY = 0x77656B  # "wek"; the second number says which lock, 0 is the migrations'
INGEST = (FAMILY, 1)  # shared by those who ingest; a rebuild has it alone
WRITER = (FAMILY, 2)
AUDIT = (FAMILY, 3)  # held for one transaction each: see ledger.audit
RESOLVER = (FAMILY, 4)
SOURCES = FAMILY + 1  # the second number says which source a process reads,
READING = FAMILY + 2  # and that it is being read at this moment
PUBLISHER = (FAMILY, 5)


class Claims:
    """The sources that this process reads, as long as its connection lives."""

    def __init__(self, connection: AsyncConnection[Any]) -> None:
        self._connection = connection
        self.held: frozenset[str] = frozenset()

    async def claim(self, names: Collection[str]) -> frozenset[str]:
        """Hold those of the sources, too, that nobody else holds; answers which. Does not wait. Raises LockLost.

        Also without names it asks the server whether the session, and so all that is held, is still there.
        """
        wanted = sorted({*names} - self.held)
        numbers = [_number(name) for name in wanted]
        try:
            found = await self._connection.execute(TRY_SOURCES, {"names": wanted, "numbers": numbers})
            gained = frozenset(name for (name,) in await found.fetchall())
        except OperationalError as fault:
            raise LockLost("The connection to PostgreSQL broke: another process may read our sources now.") from fault
        self.held |= gained
        return gained


TRY_SOURCES = f"""
SELECT name FROM unnest(%(names)s::text[], %(numbers)s::int[]) AS wanted (name, number)
WHERE pg_try_advisory_lock({SOURCES}, number)
"""  # noqa: S608 - a number of ours


def _number(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest(), "big", signed=True)


@asynccontextmanager
async def ingest_lock(ledger: Ledger) -> AsyncIterator[Claims | None]:
    """Be one of those who ingest; None while a rebuild is at work. Does not wait."""
    async with _tried(ledger, "SELECT pg_try_advisory_lock_shared(%s, %s)", INGEST) as connection:
        yield Claims(connection) if connection else None


@asynccontextmanager
async def rebuild_lock(ledger: Ledger) -> AsyncIterator[bool]:
    """Have the sources alone; False if somebody ingests or rebuilds. Does not wait."""
    async with _tried(ledger, "SELECT pg_try_advisory_lock(%s, %s)", INGEST) as connection:
        yield connection is not None


@asynccontextmanager
async def publisher_lock(ledger: Ledger) -> AsyncIterator[bool]:
    """Be the one who tells others what happened; False if somebody is. Does not wait."""
    async with _tried(ledger, "SELECT pg_try_advisory_lock(%s, %s)", PUBLISHER) as connection:
        yield connection is not None


@asynccontextmanager
async def resolver_lock(ledger: Ledger) -> AsyncIterator[None]:
    """Wait until nobody else resolves what was loaded: whoever comes next finds little or nothing left to do."""
    async with ledger.session() as connection:
        await _notice_dead_lines(connection)
        await connection.execute("SELECT pg_advisory_lock(%s, %s)", RESOLVER)
        yield


@asynccontextmanager
async def _tried(
    ledger: Ledger, statement: LiteralString, lock: tuple[int, int]
) -> AsyncIterator[AsyncConnection[Any] | None]:
    async with ledger.session() as connection:
        await _notice_dead_lines(connection)
        row = await (await connection.execute(statement, lock)).fetchone()
        yield connection if row and row[0] else None


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
        await connection.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", (READING, system))
        yield


async def _notice_dead_lines(connection: AsyncConnection[Any]) -> None:
    """A holder whose machine vanished must not hold its lock for the two hours that TCP would wait."""
    await connection.execute(
        "SELECT set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false),"
        " set_config('tcp_keepalives_count', '3', false)"
    )
