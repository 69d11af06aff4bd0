"""Change data capture from PostgreSQL: its log, decoded there by pgoutput, is followed from where the slot stands.

Transactions are delivered whole, as many as are there, up to about ``size`` rows; only one of many times that size is
delivered in parts, for the sake of memory, and its position with the last of them.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from time import monotonic
from typing import Any, Self

import psycopg

from ingest.connectors import postgresql
from ingest.connectors.assembly import Assembly
from ingest.connectors.compaction import Columns, TableChanges
from ingest.connectors.page import Delivery, Standing
from ingest.connectors.pgoutput import (
    Begin,
    Commit,
    Delete,
    Insert,
    Message,
    NotPgoutput,
    Relation,
    Truncate,
    Update,
    decode,
)
from ingest.connectors.slot import Catalogue, Slot, followed_tables
from ingest.connectors.walsender import Data, Keepalive, Walsender, parse, spell
from ingest.errors import SourceContractError, SourceUnavailable
from ingest.source import Source

LOOK_SECONDS = 10.0  # between two looks at the slot and the publication
PARTS = 10  # a transaction of more than so many times the size is delivered in parts


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
        self._stopping = stopping
        self._line, self._catalogue = opened
        self._server = server
        self._slot = slot
        self._history = f"{server} since {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"  # unless it goes on
        self._reached = slot.confirmed  # all before it is delivered, once what is pending is
        self._tables = followed_tables(source)
        self._assembly = Assembly(source, dsns, self._catalogue.connection)
        self._relations: dict[int, dict[str, Columns]] = {}  # of each the declared tables, by name
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
            self._assembly.learn_domains(await self._catalogue.domains())
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
        changed = [pending[table.name] for table in self._tables if table.name in pending]
        return [await self._assembly.deliver(changes, self._history) for changes in changed]

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
                self._assembly.forget_types(table)
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
