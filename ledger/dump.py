"""The whole ledger in one file and back: a zip with one CSV per table, and a manifest that says what is whole.

Both ways are one transaction and streamed. A dump holds personal data; only its owner may read the file.
"""

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, BinaryIO

from psycopg import AsyncConnection, AsyncCopy, sql

from ledger.errors import BadDump, LedgerError, LedgerNotEmpty, SchemaTooNew
from ledger.ledger import Ledger, place
from ledger.schema import known_version, migrate_schema, schema_version

FORMAT = "wekeza-ledger 1"
MANIFEST = "manifest.json"
MIGRATIONS = "migration"  # the one table that is not dumped: restoring applies them anew
UNTOUCHED = (MIGRATIONS, "installation")  # tables with rows in a ledger in which nothing happened yet
BLOCK = 1 << 20  # bytes
FAST = 1  # zlib's level: half the time of the usual one, a tenth more bytes

Progress = Callable[[str, int], None]  # told table and bytes so far


@dataclass(frozen=True, slots=True)
class Table:
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """``schema`` is the version that the tables, by name, belong to."""

    schema: int
    tables: Mapping[str, Table]


async def dump(ledger: Ledger, path: Path, *, progress: Progress | None = None) -> Manifest:
    """Write the ledger as it is at this moment to a file, which replaces one of this name only when it is whole.

    Raises LedgerError if the file cannot be written.
    """
    with _replacing(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=FAST) as archive:
        async with ledger.snapshot() as connection:
            tables = {
                name: await _dump_table(connection, archive, name, progress)
                for name in await _tables(connection)
                if name != MIGRATIONS
            }
            manifest = Manifest(schema=await schema_version(connection), tables=tables)
        archive.writestr(MANIFEST, json.dumps({"format": FORMAT} | asdict(manifest), indent=1))
    return manifest


async def restore(dsn: str, path: Path, *, progress: Progress | None = None) -> Manifest:
    """Fill an empty ledger from a dump, all or nothing; an older dump is brought to the present schema.

    Raises BadDump for a file that is none, or not whole; SchemaTooNew for one of a newer version of this program;
    LedgerNotEmpty where something has happened already.
    """
    with _reading(path) as archive:
        manifest = _manifest(archive, path)
        async with Ledger.connect(dsn) as ledger, ledger.transaction() as connection:
            await _clear_empty(connection, place(dsn))
            await migrate_schema(connection, place(dsn), upto=manifest.schema)
            names = [name for name in await _tables(connection) if name != MIGRATIONS]
            if set(names) != manifest.tables.keys() or not {_member(name) for name in names} <= set(archive.namelist()):
                raise BadDump(f"{path} does not hold the tables of a ledger of schema version {manifest.schema}.")
            for name in names:
                found = await _restore_table(connection, archive, name, progress)
                if found != manifest.tables[name]:
                    raise BadDump(f"{path} was changed: table {name} is not what its manifest says. Take another copy.")
            await migrate_schema(connection, place(dsn))
    return manifest


async def _dump_table(
    connection: AsyncConnection[Any], archive: zipfile.ZipFile, name: str, progress: Progress | None
) -> Table:
    digest, written = hashlib.sha256(), 0
    query = sql.SQL("COPY {} ({}) TO STDOUT (FORMAT csv, HEADER)").format(*await _columns(connection, name))
    async with connection.cursor() as cursor:
        with archive.open(_member(name), "w", force_zip64=True) as member:
            async with cursor.copy(query) as copy:
                async for block in _blocks(copy):
                    digest.update(block)
                    member.write(block)
                    written += len(block)
                    if progress:
                        progress(name, written)
        return Table(cursor.rowcount, digest.hexdigest())


async def _blocks(rows: AsyncCopy) -> AsyncIterator[bytes]:
    """The server sends row by row; a thousand at a time are cheaper to hash and to compress."""
    block = bytearray()
    async for row in rows:
        block += row
        if len(block) >= BLOCK:
            yield bytes(block)
            block.clear()
    yield bytes(block)


async def _restore_table(
    connection: AsyncConnection[Any], archive: zipfile.ZipFile, name: str, progress: Progress | None
) -> Table:
    digest, read = hashlib.sha256(), 0
    query = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv, HEADER)").format(*await _columns(connection, name))
    async with connection.cursor() as cursor:
        with archive.open(_member(name)) as member:
            async with cursor.copy(query) as copy:
                while block := member.read(BLOCK):
                    digest.update(block)
                    await copy.write(block)
                    read += len(block)
                    if progress:
                        progress(name, read)
        return Table(cursor.rowcount, digest.hexdigest())


async def _clear_empty(connection: AsyncConnection[Any], where: str) -> None:
    """Take away an empty ledger's schema, which may be newer than the dump's. Raises LedgerNotEmpty."""
    names = await _tables(connection)
    for name in names:  # all first: nobody appends between the look and the end
        await connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(sql.Identifier(name)))
    for name in names:
        query = sql.SQL("SELECT FROM {} LIMIT 1").format(sql.Identifier(name))
        if name not in UNTOUCHED and (await connection.execute(query)).rowcount:
            raise LedgerNotEmpty(f"The ledger at {where} is not empty: give DATABASE_URL of an empty database.")
    await connection.execute("DROP SCHEMA IF EXISTS wekeza CASCADE")


async def _tables(connection: AsyncConnection[Any]) -> list[str]:
    """All tables, each after those that it refers to."""
    cursor = await connection.execute(
        """
        SELECT relname, ARRAY(
            SELECT target.relname::text FROM pg_constraint JOIN pg_class target ON target.oid = confrelid
            WHERE conrelid = it.oid AND contype = 'f' AND confrelid <> conrelid
        )
        FROM pg_class it
        WHERE relnamespace = to_regnamespace('wekeza') AND relkind = 'r'
        ORDER BY relname
        """
    )
    references: dict[str, Collection[str]] = {name: targets async for name, targets in cursor}
    return list(TopologicalSorter(references).static_order())


async def _columns(connection: AsyncConnection[Any], name: str) -> tuple[sql.Identifier, sql.Composed]:
    cursor = await connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'wekeza' AND table_name = %s"
        " ORDER BY ordinal_position",
        [name],
    )
    columns = [sql.Identifier(row[0]) async for row in cursor]
    return sql.Identifier(name), sql.SQL(", ").join(columns)


def _member(table: str) -> str:
    return f"{table}.csv"


def _manifest(archive: zipfile.ZipFile, path: Path) -> Manifest:
    try:
        said = json.loads(archive.read(MANIFEST))
        if said["format"] != FORMAT:
            raise BadDump(f"{path} has format {said['format']!r}, this program reads {FORMAT!r}.")
        tables = {str(name): Table(**table) for name, table in said["tables"].items()}
        manifest = Manifest(schema=int(said["schema"]), tables=tables)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise BadDump(f"{path} is not a dump of a ledger: its {MANIFEST} is missing or says something else.") from fault
    if manifest.schema > known_version():
        raise SchemaTooNew(
            f"{path} has schema version {manifest.schema}, this program knows {known_version()}: use the version that "
            "wrote it, or a newer one."
        )
    return manifest


@contextmanager
def _reading(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except OSError as fault:
        raise LedgerError(f"{path} cannot be read: {fault.strerror}.") from fault
    except (zipfile.BadZipFile, zlib.error, EOFError) as fault:
        raise BadDump(f"{path} is not a dump of a ledger, or is cut off. Take another copy.") from fault


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """A new file beside ``path``, only for its owner, that takes its name once it is whole and on the disk."""
    part = path.with_name(f"{path.name}.part")
    try:
        with open(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as fault:
        raise LedgerError(f"{path} cannot be written: {fault.strerror}.") from fault
    finally:
        part.unlink(missing_ok=True)
