"""Scans of whole tables: of rows, for changes that no watermark tells; of keys, for what the source has no longer."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from tempfile import TemporaryDirectory
from typing import Protocol

import duckdb
import pyarrow as pa

from graph.records import SourceRecord
from ingest.mapping import map_keys
from ingest.source import Source
from ingest.table import Table
from ledger.sources import WANTED, Scan

MEMORY = "256MB"  # of the comparison; what is more goes to the disk
PAGE = 20_000  # keys that are read at once

LastScans = Mapping[tuple[str, Scan], datetime]


class ReadsKeys(Protocol):
    """A source's reader: pages of all rows, with the columns that the keys of their records are made of."""

    def keys(self, entity: Table, size: int) -> AsyncGenerator[pa.Table, None]: ...


class HoldsKeys(Protocol):
    """What the graph has of one table of a source."""

    def keys(self, record: type[SourceRecord], system: str, entity: str) -> AsyncGenerator[list[str], None]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Of a table's ``held`` records those, by key, whose rows its source has no longer."""

    table: Table
    held: int
    keys: tuple[str, ...]


def is_due(table: Table, what: Scan, last: LastScans, now: datetime) -> bool:
    """Whether it is time to scan: a table without a watermark has no other way to be read."""
    every = table.rescan if what is Scan.ROWS else table.deletes
    before = last.get((table.name, what))
    if before == WANTED:
        return True
    if every is None:
        return what is Scan.ROWS and not table.watermark
    return before is None or now - before >= every


async def find_missing(reader: ReadsKeys, held: HoldsKeys, source: Source, table: Table, secret: bytes) -> Missing:
    """The graph's keys are read first, so that a row which arrives meanwhile is not taken for one that is gone."""
    with TemporaryDirectory(prefix="wekeza-keys-") as directory, _Comparison(directory) as comparison:
        async with aclosing(held.keys(table.record_kind.record, source.name, table.key_entity)) as pages:
            async for keys in pages:
                await asyncio.to_thread(comparison.add, "held", keys)
        if not comparison.held:
            return Missing(table=table, held=0, keys=())
        async with aclosing(reader.keys(table, PAGE)) as rows:
            async for page in rows:
                found = await asyncio.to_thread(map_keys, source, table, page, secret)
                await asyncio.to_thread(comparison.add, "found", found)
        missing = await asyncio.to_thread(comparison.missing)
        return Missing(table=table, held=comparison.held, keys=missing)


class _Comparison:
    """Two sets of keys, of any size in little memory."""

    def __init__(self, directory: str) -> None:
        self._engine = duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": directory, "threads": "1"})
        self._engine.execute("CREATE TABLE held (key VARCHAR); CREATE TABLE found (key VARCHAR)")
        self.held = 0

    def __enter__(self) -> "_Comparison":
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.close()

    def add(self, table: str, keys: list[str]) -> None:
        self._engine.register("page", pa.table({"key": pa.array(keys, pa.string())}))
        self._engine.execute(f"INSERT INTO {table} SELECT key FROM page")  # noqa: S608 - one of two names of ours
        if table == "held":
            self.held += len(keys)

    def missing(self) -> tuple[str, ...]:
        rows = self._engine.execute("SELECT key FROM held ANTI JOIN found USING (key) ORDER BY key").fetchall()
        return tuple(key for (key,) in rows)
