"""Changes of one table become a delivery: their rows typed as if a poll had read them.

Their values pass through the loaders that the driver uses for the answer to a query, then through the reflected types.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from psycopg import AsyncConnection, abc
from psycopg.adapt import Transformer
from psycopg.pq import Format

from graph.records import Position
from ingest.connectors.arrow import to_arrow
from ingest.connectors.compaction import Columns, TableChanges
from ingest.connectors.database import DatabaseReader
from ingest.connectors.page import Delivery, Page
from ingest.connectors.pgoutput import UNCHANGED, Values
from ingest.connectors.walsender import spell
from ingest.mapping import map_ids
from ingest.source import Source
from ingest.table import Table

TIMES = pa.timestamp("us", tz="UTC")


class Assembly:
    """For one source; the connection says how the driver reads each type."""

    def __init__(self, source: Source, dsns: Mapping[str, str], connection: AsyncConnection[Any]) -> None:
        self._source = source
        self._dsns = dsns
        self._transformer = Transformer(connection)
        self._domains: Mapping[int, int] = {}
        self._types: dict[str, Mapping[str, pa.DataType]] = {}

    def learn_domains(self, domains: Mapping[int, int]) -> None:
        """OIDs: domain -> what it is made of, which is what the answer to a query would say."""
        self._domains = domains

    def forget_types(self, table: Table) -> None:
        """Its columns may be others than before."""
        self._types.pop(table.name, None)

    async def deliver(self, changes: TableChanges, history: str) -> Delivery:
        """The rows as they are now, and which records are no more; its position is of this history of the source."""
        table = changes.table
        types = await self._types_of(table)
        rows = await self._completed(changes)
        zone = ZoneInfo(self._source.place_of(table).timezone)
        after, unreadable = await asyncio.to_thread(to_arrow, rows, types, zone)
        before, _ = to_arrow(self._loaded(changes.columns, changes.before), types, zone)
        reached = changes.reached
        page = Page(
            rows=after,
            position=None if reached is None else Position(history, spell(reached)),
            fresh=pa.chunked_array([changes.committed()], TIMES),
            unreadable=unreadable,
        )
        gone = await asyncio.to_thread(_gone, self._source, table, before, after)
        return Delivery(table=table, page=page, gone=gone, emptied=changes.emptied, ordered=True)

    async def _completed(self, changes: TableChanges) -> list[Sequence[Any]]:
        """The rows; what was not sent, and is not known from before, is read. One that is not there any more is left
        out: that it ended, or moved to another key, is said further on.
        """
        rows = self._loaded(changes.columns, changes.rows())
        key = changes.columns.key
        if not (lacking := [str(row[key]) for row in rows if UNCHANGED in row]):
            return rows
        async with DatabaseReader.connect(self._source, self._dsns) as reader:
            found = {str(row[key]): row for row in await reader.rows(changes.table, lacking)}
        completed: list[Sequence[Any]] = []
        for row in rows:
            if UNCHANGED not in row:
                completed.append(row)
            elif now := found.get(str(row[key])):
                completed.append([told if said is UNCHANGED else said for said, told in zip(row, now, strict=True)])
        return completed

    def _loaded(self, columns: Columns, rows: Sequence[Values]) -> list[Sequence[Any]]:
        """The values that the driver would make of them in the answer to a query."""
        self._transformer.set_loader_types([self._domains.get(it, it) for it in columns.types], Format.TEXT)
        return [_load(self._transformer, row) for row in rows]

    async def _types_of(self, table: Table) -> Mapping[str, pa.DataType]:
        if table.name not in self._types:
            async with DatabaseReader.connect(self._source, self._dsns) as reader:
                schema = await reader.schema(table)
            self._types[table.name] = {column.name: column.type for column in schema}
        return self._types[table.name]


def _load(transformer: abc.Transformer, row: Values) -> Sequence[Any]:
    sent = transformer.load_sequence([None if value is UNCHANGED else value for value in row])
    return [UNCHANGED if value is UNCHANGED else read for value, read in zip(row, sent, strict=True)]


def _gone(source: Source, table: Table, before: pa.Table, after: pa.Table) -> tuple[str, ...]:
    """The ids of records that were told of, or whose rows count no longer, and that no row is any more."""
    told = map_ids(source, table, before, chosen=False) if len(before) else set()
    if table.where and len(after):
        told |= map_ids(source, table, after, chosen=False)
    return tuple(sorted(told - map_ids(source, table, after, chosen=True))) if told else ()
