"""Change data capture from PostgreSQL: its log, decoded there by pgoutput, is followed from where the slot stands.

Transactions are delivered whole, as many as are there, up to about ``size`` rows; only one of many times that size is
delivered in parts, for the sake of memory, and its position with the last of them. A row's values pass through the same
loaders and types as those of a polled row, so that both become the same record.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from time import monotonic
from typing import Any, Self
from zoneinfo import ZoneInfo

import psycopg
import pyarrow as pa
from psycopg import abc
from psycopg.adapt import Transformer
from psycopg.pq import Format

from graph.records import Position
from ingest.connectors import postgresql
from ingest.connectors.arrow import to_arrow
from ingest.connectors.compaction import Columns, TableChanges
from ingest.connectors.database import DatabaseReader
from ingest.connectors.page import Delivery, Page, Standing
from ingest.connectors.pgoutput import (
    UNCHANGED,
    Begin,
    Commit,
    Delete,
    Insert,
    Message,
    NotPgoutput,
    Relation,
    Truncate,
    Update,
    Values,
    decode,
)
from ingest.connectors.slot import Catalogue, Slot, followed_tables
from ingest.connectors.walsender import Data, Keepalive, Walsender, parse, spell
from ingest.errors import SourceContractError, SourceUnavailable
from ingest.mapping import map_ids
from ingest.source import Source
from ingest.table import Table

LOOK_SECONDS = 10.0  # between two looks at the slot and the publication
PARTS = 10  # a transaction of more than so many times the size is delivered in parts
TIMES = pa.timestamp("us", tz="UTC")


class CdcFollower:
    """Follows the one place of a source that is read so. Use ``async with CdcFollower.connect(...)``."""

    def __init__(
        self,
        source: Source,
        dsns: Mapping[str, str],
        stopping: asyncio.Event,
        opened: "tuple[Walsender, Catalogue]",
        server: str,
        slot: Slot,
    ) -> None:
        self._source = source
        self._dsns = dsns
        self._stopping = stopping
        self._line, self._catalogue = opened
        self._server = server
        self._slot = slot
        self._history = f"{server} since {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"  # unless it goes on
        self._reached = slot.confirmed  # all before it is delivered, once what is pending is
        self._tables = followed_tables(source)
        self._transformer = Transformer(self._catalogue.connection)
        self._base_types: Mapping[int, int] = {}
        self._relations: dict[int, dict[str, Columns]] = {}  # of each the declared tables, by name
        self._types: dict[str, Mapping[str, pa.DataType]] = {}
        self._pending: dict[str, TableChanges] = {}
        self._at: datetime | None = None  # the commit of the transaction that is being sent
        self._touched: set[str] = set()  # the tables that it changed so far
        self._looked = monotonic()
        self._asked = False  # whether the server waits for a word on how far we are

    @classmethod
    @asynccontextmanager
    async def connect(cls, source: Source, dsns: Mapping[str, str], stopping: asyncio.Event) -> AsyncIterator[Self]:
        """Look whether all is as it must be. Raises SourceContractError or SourceUnavailable with what to do."""
        async with open_catalogue(source, dsns) as (catalogue, parameters), AsyncExitStack() as opened:
            with catalogue.explained():
                await catalogue.check_server()
                await catalogue.check_publication()
                slot = await catalogue.find_slot(manage=source.place_of(followed_tables(source)[0]).cdc.manage)
                line = await opened.enter_async_context(Walsender.connect(parameters))
                server = await line.server()
            yield cls(source, dsns, stopping, (line, catalogue), server, slot)

    @property
    def standing(self) -> Standing:
        """Where the source would go on if all that was delivered were acknowledged."""
        return Standing(history=self._history, reached=spell(self._reached), behind=self._slot.behind)

    def resume(self, history: str, reached: str) -> bool:
        """Go on from there: the slot's own position may fall back behind it, but only another slot's is ahead of it.
        A log that ends before was restored from a copy.
        """
        if not history.startswith(f"{self._server} since "):
            return False
        if not self._slot.confirmed <= parse(reached) <= self._slot.confirmed + self._slot.behind:
            return False
        self._history, self._reached = history, parse(reached)
        return True

    async def deliveries(self, size: int) -> AsyncGenerator[Sequence[Delivery], None]:
        """Groups of whole transactions; now and then an empty group, for there is a standing to be kept."""
        with self._catalogue.explained():
            self._base_types = await self._catalogue.base_types()
            async with self._line.sending(self._catalogue.name, self._catalogue.name, self._reached):
                while not self._stopping.is_set():
                    frame = self._line.receive()
                    if isinstance(frame, Data):
                        await self._hear(self._decoded(frame))
                    elif isinstance(frame, Keepalive) and self._at is None:
                        self._reached = max(self._reached, frame.sent)
                        self._asked |= frame.wanted
                    if self._is_due(size, idle=frame is None):
                        yield await self._take()
                    elif frame is None:
                        await self._line.wait(LOOK_SECONDS, self._stopping)

    async def acknowledge(self) -> None:
        """The server may forget what was delivered."""
        with self._catalogue.explained():
            self._line.confirm(self._reached, ask=True)

    def _is_due(self, size: int, *, idle: bool) -> bool:
        """Whether to deliver: enough is there, or all that is; or it is time to look after the slot."""
        rows = sum(map(len, self._pending.values()))
        if self._at is not None:
            return rows >= size * PARTS
        return rows >= size or (idle and (bool(self._pending) or self._is_time_to_look()))

    def _is_time_to_look(self) -> bool:
        return self._asked or monotonic() - self._looked >= LOOK_SECONDS

    async def _take(self) -> list[Delivery]:
        """What is pending, by table in the order of the file."""
        if self._is_time_to_look():
            await self._look()
        pending, self._pending = self._pending, {}
        return [await self._deliver(pending[table.name]) for table in self._tables if table.name in pending]

    async def _look(self) -> None:
        """A table that is published no longer sends nothing, and says so only in the catalogue."""
        await self._catalogue.check_publication()
        self._slot = await self._catalogue.find_slot(manage=False)
        self._looked, self._asked = monotonic(), False

    def _decoded(self, frame: Data) -> Message | None:
        try:
            return decode(frame.content)
        except NotPgoutput as fault:
            raise SourceContractError(f"{self._source.title}: its log cannot be read: {fault}.") from None

    async def _hear(self, message: Message | None) -> None:
        match message:
            case Begin(at):
                self._at = at
            case Commit(end):
                self._at, self._reached = None, end
                for name in self._touched & self._pending.keys():
                    self._pending[name].reached = end
                self._touched.clear()
            case Relation():
                self._meet(message)
            case Insert(relation, new):
                for changes in self._changed(relation):
                    changes.insert(new, self._now())
            case Update(relation, old, new):
                for changes in self._changed(relation):
                    changes.update(old, new, self._now())
            case Delete(relation, old):
                for changes in self._changed(relation):
                    changes.delete(old)
            case Truncate(relations):
                for changes in (changes for relation in relations for changes in self._changed(relation)):
                    changes.truncate()

    def _now(self) -> datetime:
        if self._at is None:
            raise SourceContractError(f"{self._source.title}: its log cannot be read: a change outside a transaction.")
        return self._at

    def _meet(self, relation: Relation) -> None:
        """A table as it is from here on: its columns may be others than before."""
        met: dict[str, Columns] = {}
        for table in self._tables:
            if (table.schema_name or self._catalogue.schema, table.table) == (relation.schema, relation.name):
                try:
                    met[table.name] = Columns.of(table, relation)
                except SourceContractError as fault:
                    raise SourceContractError(f"{self._source.title}, {fault}") from None
                self._types.pop(table.name, None)
                if table.name in self._pending:
                    self._pending[table.name].columns = met[table.name]
        self._relations[relation.id] = met

    def _changed(self, relation: int) -> Sequence[TableChanges]:
        """Of each declared table that reads the one that is sent."""
        changed = []
        for name, columns in self._relations.get(relation, {}).items():
            table = next(table for table in self._tables if table.name == name)
            changed.append(self._pending.setdefault(name, TableChanges(table, columns)))
            changed[-1].reached = None
            self._touched.add(name)
        return changed

    async def _deliver(self, changes: TableChanges) -> Delivery:
        table = changes.table
        types = await self._types_of(table)
        rows = await self._completed(changes)
        zone = ZoneInfo(self._source.place_of(table).timezone)
        after, unreadable = await asyncio.to_thread(to_arrow, rows, types, zone)
        before, _ = to_arrow(self._loaded(changes.columns, changes.before), types, zone)
        reached = changes.reached
        page = Page(
            rows=after,
            position=None if reached is None else Position(self._history, spell(reached)),
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
        self._transformer.set_loader_types([self._base_types.get(it, it) for it in columns.types], Format.TEXT)
        return [_load(self._transformer, row) for row in rows]

    async def _types_of(self, table: Table) -> Mapping[str, pa.DataType]:
        if table.name not in self._types:
            async with DatabaseReader.connect(self._source, self._dsns) as reader:
                schema = await reader.schema(table)
            self._types[table.name] = {column.name: column.type for column in schema}
        return self._types[table.name]


async def check_following(source: Source, dsns: Mapping[str, str]) -> list[str]:
    """Remarks on the server, the publication and the slot. Raises as connecting does where they do not do."""
    async with open_catalogue(source, dsns) as (catalogue, _):
        with catalogue.explained():
            remarks = [*await catalogue.check_server(), *await catalogue.check_publication()]
            if not source.place_of(followed_tables(source)[0]).cdc.manage:
                await catalogue.find_slot(manage=False)
    return remarks


@asynccontextmanager
async def open_catalogue(source: Source, dsns: Mapping[str, str]) -> AsyncIterator[tuple[Catalogue, dict[str, Any]]]:
    """The catalogue of the server of the place that is followed, and how to connect there."""
    name = source.dsn_name_of(followed_tables(source)[0])
    if name not in dsns:
        raise SourceUnavailable(f"{source.title}: it has no DSN: give WEKEZA_SOURCES__{name.upper()} one.")
    parameters = postgresql.parameters(dsns[name], f"wekeza ingest ({source.name})")
    try:
        connection = await psycopg.AsyncConnection.connect(**parameters, autocommit=True)
    except psycopg.Error as fault:
        known = postgresql.explain(fault)
        raise type(known)(f"{source.title}, replication: {known}") from fault
    async with connection:
        postgresql.read_as_text(connection.adapters)
        yield await Catalogue.of(source, connection, name), parameters


def _load(transformer: abc.Transformer, row: Values) -> Sequence[Any]:
    sent = transformer.load_sequence([None if value is UNCHANGED else value for value in row])
    return [UNCHANGED if value is UNCHANGED else read for value, read in zip(row, sent, strict=True)]


def _gone(source: Source, table: Table, before: pa.Table, after: pa.Table) -> tuple[str, ...]:
    """The ids of records that were told of, or whose rows count no longer, and that no row is any more."""
    told = map_ids(source, table, before, chosen=False) if len(before) else set()
    if table.where and len(after):
        told |= map_ids(source, table, after, chosen=False)
    return tuple(sorted(told - map_ids(source, table, after, chosen=True))) if told else ()
