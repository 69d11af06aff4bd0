"""The schema ``wekeza`` and its migrations, each applied once and in order."""

from importlib import resources
from typing import Any

from psycopg import AsyncConnection

from ledger.errors import LedgerError, SchemaTooNew

SCHEMA = "wekeza"
MIGRATION_LOCK = (0x77656B, 0)  # of the family in ledger.locks


async def migrate_schema(connection: AsyncConnection[Any], place: str, upto: int | None = None) -> int:
    """Apply the migrations that are missing, in the caller's transaction; answers the schema's version.

    ``upto`` stops at that version. Raises SchemaTooNew if the ledger, which is at ``place``, is beyond what this
    program knows.
    """
    migrations = _migrations()
    await connection.execute("SELECT pg_advisory_xact_lock(%s, %s)", MIGRATION_LOCK)
    await connection.execute("CREATE SCHEMA IF NOT EXISTS wekeza")
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS migration (version int PRIMARY KEY, at timestamptz DEFAULT now())"
    )
    version = await schema_version(connection)
    if version > len(migrations):
        raise SchemaTooNew(
            f"The ledger at {place} has schema version {version}, this program knows {len(migrations)}: use the "
            "version that wrote it, or a newer one."
        )
    for number, text in enumerate(migrations[version:upto], start=version + 1):
        await connection.execute(text)
        await connection.execute("INSERT INTO migration (version) VALUES (%s)", [number])
    return await schema_version(connection)


async def schema_version(connection: AsyncConnection[Any]) -> int:
    cursor = await connection.execute("SELECT coalesce(max(version), 0) FROM migration")
    version: int = (await anext(cursor))[0]
    return version


def known_version() -> int:
    """The newest schema version that this program knows."""
    return len(_migrations())


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
