"""The one door to PostgreSQL: a small pool, the schema ``wekeza`` and its migrations."""

import hashlib
import hmac
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib import resources
from typing import Any, Self

from psycopg import AsyncConnection, OperationalError, ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import Error
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from ledger.errors import LedgerError, LedgerUnavailable, SchemaTooNew, WrongSecret

SCHEMA = "wekeza"
POOL_SIZE = 8
POOL_WAIT_SECONDS = 10.0
CONNECT_SECONDS = 10
MIGRATION_LOCK = (0x77656B, 0)  # of the family in ledger.locks


class Ledger:
    """Connections to the ledger's database. Use ``async with Ledger.connect(dsn)``."""

    def __init__(self, dsn: str, pool: AsyncConnectionPool[AsyncConnection[Any]]) -> None:
        self._dsn = dsn
        self._pool = pool

    @classmethod
    @asynccontextmanager
    async def connect(cls, dsn: str) -> AsyncIterator[Self]:
        """Open the pool. Raises LedgerUnavailable where nobody answers or the server refuses us."""
        async with await connect_once(dsn):
            pass  # the pool would retry a wrong password for ten seconds and then not say what was wrong
        pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
            dsn,
            kwargs={"connect_timeout": CONNECT_SECONDS, "options": _search_path(dsn)},
            min_size=1,
            max_size=POOL_SIZE,
            timeout=POOL_WAIT_SECONDS,
            check=AsyncConnectionPool.check_connection,
            open=False,
        )
        async with pool:
            yield cls(dsn, pool)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection[Any]]:
        """A connection in a transaction that commits when the block ends without an error."""
        with self._translated():
            async with self._pool.connection() as connection:
                yield connection

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncConnection[Any]]:
        """A connection of one's own, outside the pool, in autocommit: for locks, which live as long as it does."""
        with self._translated():
            async with await connect_once(self._dsn) as connection:
                yield connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (OperationalError, PoolTimeout) as fault:
            raise LedgerUnavailable(f"PostgreSQL at {place(self._dsn)} broke off: {type(fault).__name__}.") from fault
        except Error as fault:  # without its message, also in tracebacks: it quotes the values of a row
            raise LedgerError(f"The ledger refused a statement: {type(fault).__name__} ({fault.sqlstate}).") from None

    async def migrate(self) -> int:
        """Apply the migrations that are missing, each once; answers the schema's version.

        Raises SchemaTooNew if the ledger has migrations that this program does not know.
        """
        migrations = _migrations()
        async with self.transaction() as connection:
            await connection.execute("SELECT pg_advisory_xact_lock(%s, %s)", MIGRATION_LOCK)
            await connection.execute("CREATE SCHEMA IF NOT EXISTS wekeza")
            await connection.execute(
                "CREATE TABLE IF NOT EXISTS migration (version int PRIMARY KEY, at timestamptz DEFAULT now())"
            )
            row = await (await connection.execute("SELECT coalesce(max(version), 0) FROM migration")).fetchone()
            version: int = row[0] if row else 0
            if version > len(migrations):
                raise SchemaTooNew(
                    f"The ledger at {place(self._dsn)} has schema version {version}, this program knows "
                    f"{len(migrations)}: use the version that wrote it, or a newer one."
                )
            for number, text in enumerate(migrations[version:], start=version + 1):
                await connection.execute(text)
                await connection.execute("INSERT INTO migration (version) VALUES (%s)", [number])
        return len(migrations)

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


async def connect_once(dsn: str) -> AsyncConnection[Any]:
    """A single connection in autocommit. Raises LedgerUnavailable with the server's own reason."""
    where = place(dsn)
    try:
        return await AsyncConnection.connect(
            dsn, autocommit=True, connect_timeout=CONNECT_SECONDS, options=_search_path(dsn)
        )
    except OperationalError as fault:
        reason = str(fault).splitlines()[0].rpartition(" failed: ")[2].removeprefix("FATAL:").strip()
        raise LedgerUnavailable(
            f"PostgreSQL at {where} did not let us in ({reason}): is it running, is DATABASE_URL right?"
        ) from fault


def place(dsn: str) -> str:
    """Host, port and database of a DSN, without user and password. Raises LedgerError if it is none."""
    try:
        parts = conninfo_to_dict(dsn)
    except ProgrammingError as fault:
        raise LedgerError(
            "DATABASE_URL is no address of a PostgreSQL: postgresql://USER:PASSWORD@HOST/NAME."
        ) from fault
    return f"{parts.get('host', 'localhost')}:{parts.get('port', 5432)}/{parts.get('dbname', '')}"


def _search_path(dsn: str) -> str:
    given = conninfo_to_dict(dsn).get("options") or ""
    return f"{given} -c search_path={SCHEMA}".strip()


def _migrations() -> list[bytes]:
    """The texts of ``ledger/migrations/*.sql`` in the order of their numbers, which start at 1 without a gap."""
    files = sorted(
        (file for file in resources.files("ledger").joinpath("migrations").iterdir() if file.name.endswith(".sql")),
        key=lambda file: file.name,
    )
    for number, file in enumerate(files, start=1):
        if int(file.name.partition("_")[0]) != number:
            raise LedgerError(f"ledger/migrations/{file.name} should have number {number:04}.")
    return [file.read_bytes() for file in files]
