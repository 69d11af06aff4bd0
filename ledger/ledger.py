"""The one door to PostgreSQL: a small pool, the schema ``wekeza`` and its migrations."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Self

from psycopg import AsyncConnection, IsolationLevel, OperationalError, ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import Error
from psycopg.types.string import TextLoader
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from ledger.errors import LedgerError, LedgerUnavailable, WrongSecret
from ledger.schema import SCHEMA, migrate_schema

POOL_SIZE = 8
PATIENCE_SECONDS = 1.0  # for a free connection, before it is asked whether the server is there at all
POOL_WAIT_SECONDS = 10.0  # then, where it is
CONNECT_SECONDS = 10
ANSWER_SECONDS = 2  # that a server which went away may take to let us in again
# The pool tries that long to replace a connection, then waits to be asked for one: left alone, its pauses grow with the
# outage, and it would sleep for minutes beside a server that is back.
RECONNECT_SECONDS = 1.0


class Ledger:
    """Connections to the ledger's database. Use ``async with Ledger.connect(dsn)``."""

    def __init__(self, dsn: str, pool: AsyncConnectionPool[AsyncConnection[Any]]) -> None:
        self._dsn = dsn
        self._pool = pool
        self._away = False
        self._knocking: asyncio.Task[None] | None = None

    @classmethod
    @asynccontextmanager
    async def connect(cls, dsn: str) -> AsyncIterator[Self]:
        """Open the pool. Raises LedgerUnavailable where nobody answers or the server refuses us."""
        async with await connect_once(dsn):
            pass  # the pool would retry a wrong password for ten seconds and then not say what was wrong
        pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
            dsn,
            kwargs={"connect_timeout": CONNECT_SECONDS, "options": _options(dsn)},
            configure=_read_ids_as_text,
            min_size=1,
            max_size=POOL_SIZE,
            reconnect_timeout=RECONNECT_SECONDS,
            check=AsyncConnectionPool.check_connection,
            open=False,
        )
        async with pool:
            yield cls(dsn, pool)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection[Any]]:
        """A connection in a transaction that commits when the block ends without an error.

        Of a server that went away nobody expects anything until it is back, which one finds out for all.
        """
        if self._away:
            await self._knock()
        with self._translated():
            connection = await self._free_connection()
            try:
                async with connection:
                    yield connection
            finally:
                await self._pool.putconn(connection)

    async def _free_connection(self) -> AsyncConnection[Any]:
        try:
            return await self._pool.getconn(PATIENCE_SECONDS)
        except PoolTimeout:
            await self._knock()  # it is there, then, and only busy
            return await self._pool.getconn(POOL_WAIT_SECONDS)

    async def _knock(self) -> None:
        """Whether the server is there. Raises LedgerUnavailable. Many may ask, and one connection is made for them."""
        if self._knocking is None:
            self._knocking = asyncio.create_task(self._knock_once())
            self._knocking.add_done_callback(_hear)
        await asyncio.shield(self._knocking)

    async def _knock_once(self) -> None:
        self._away = True
        try:
            async with await connect_once(self._dsn, seconds=ANSWER_SECONDS):
                self._away = False
        finally:
            self._knocking = None

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncConnection[Any]]:
        """A connection of one's own, outside the pool, in autocommit: for locks, which live as long as it does."""
        with self._translated():
            async with await connect_once(self._dsn) as connection:
                yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection[Any]]:
        """A connection of one's own in a transaction that sees one moment, however long it reads."""
        async with self.session() as connection:
            await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
            await connection.set_read_only(True)
            async with connection.transaction():
                yield connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (OperationalError, PoolTimeout) as fault:
            self._away = True  # or not: whoever comes next finds out before he waits
            raise LedgerUnavailable(f"PostgreSQL at {place(self._dsn)} broke off: {type(fault).__name__}.") from fault
        except Error as fault:  # without its message, also in tracebacks: it quotes the values of a row
            raise LedgerError(f"The ledger refused a statement: {type(fault).__name__} ({fault.sqlstate}).") from None

    async def migrate(self) -> int:
        """Apply the migrations that are missing, each once; answers the schema's version.

        Raises SchemaTooNew if the ledger has migrations that this program does not know.
        """
        async with self.transaction() as connection:
            return await migrate_schema(connection, place(self._dsn))

    async def accept_secret(self, secret: bytes) -> None:
        """Remember the installation's secret by its fingerprint, or compare it.

        Raises WrongSecret: with another secret, every record would get another birth id.
        """
        fingerprint = hmac.new(secret, b"wekeza installation", hashlib.sha256).hexdigest()
        async with self.transaction() as connection:
            await connection.execute(
                "INSERT INTO installation (fingerprint) VALUES (%s) ON CONFLICT DO NOTHING", [fingerprint]
            )
            row = await (await connection.execute("SELECT fingerprint FROM installation")).fetchone()
        if row is None or not hmac.compare_digest(row[0], fingerprint):
            raise WrongSecret(
                f"The ledger at {place(self._dsn)} was made with another secret: give the one that named its records."
            )


def _hear(knocking: asyncio.Task[None]) -> None:
    """Where nobody waits for it any more, a failure is not an error that was overlooked."""
    if not knocking.cancelled():
        knocking.exception()


async def connect_once(dsn: str, *, seconds: int = CONNECT_SECONDS) -> AsyncConnection[Any]:
    """A single connection in autocommit. Raises LedgerUnavailable with the server's own reason."""
    where = place(dsn)
    try:
        connection = await AsyncConnection.connect(dsn, autocommit=True, connect_timeout=seconds, options=_options(dsn))
    except OperationalError as fault:
        reason = str(fault).splitlines()[0].rpartition(" failed: ")[2].removeprefix("FATAL:").strip()
        raise LedgerUnavailable(
            f"PostgreSQL at {where} did not let us in ({reason}): is it running, is DATABASE_URL right?"
        ) from fault
    await _read_ids_as_text(connection)
    return connection


def place(dsn: str) -> str:
    """Host, port and database of a DSN, without user and password. Raises LedgerError if it is none."""
    try:
        parts = conninfo_to_dict(dsn)
    except ProgrammingError as fault:
        raise LedgerError(
            "DATABASE_URL is no address of a PostgreSQL: postgresql://USER:PASSWORD@HOST/NAME."
        ) from fault
    return f"{parts.get('host', 'localhost')}:{parts.get('port', 5432)}/{parts.get('dbname', '')}"


async def _read_ids_as_text(connection: AsyncConnection[Any]) -> None:
    """Ids are text everywhere in this program."""
    connection.adapters.register_loader("uuid", TextLoader)


def _options(dsn: str) -> str:
    """Our schema; times come back in UTC, and a dump reads the same whatever a server prefers."""
    given = str(conninfo_to_dict(dsn).get("options") or "")
    ours = {"search_path": SCHEMA, "timezone": "UTC", "datestyle": "ISO", "client_encoding": "UTF8"}
    return " ".join([given, *(f"-c {name}={value}" for name, value in ours.items())]).strip()
