"""The patterns by which sources are read, and the connector of each. A new one is one file here and one line."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

import pyarrow as pa

from graph.records import Position
from ingest.connectors.database import DatabaseReader
from ingest.connectors.page import Follower, Memory, Page, Reader
from ingest.connectors.stream import StreamFollower
from ingest.declared import Pattern
from ingest.source import Source
from ingest.table import Table

Dsns = Mapping[str, str]  # of one source, by the source's names for them

OpenReader = Callable[[Source, Dsns, asyncio.Event | None], AbstractAsyncContextManager[Reader]]
OpenFollower = Callable[[Source, Dsns, Memory, asyncio.Event], AbstractAsyncContextManager[Follower]]

READERS: Mapping[Pattern, OpenReader] = {"database": DatabaseReader.connect, "cdc": DatabaseReader.connect}
FOLLOWERS: Mapping[Pattern, OpenFollower] = {"stream": StreamFollower.connect}


def followed(source: Source, dsns: Dsns) -> list[Pattern]:
    """The patterns by which the source is followed: those of places that have a DSN."""
    return [it for it in source.patterns if it in FOLLOWERS and source.dsn_of_pattern(it) in dsns]


class Readers:
    """The reader of each of a source's tables, by the pattern of the place that the table is in."""

    def __init__(self, source: Source, readers: Mapping[Pattern, Reader]) -> None:
        self._source = source
        self._readers = readers

    def reads(self, entity: Table) -> bool:
        """Whether the table is polled at all, and not only followed."""
        return self._source.place_of(entity).pattern in self._readers

    def pages(
        self, entity: Table, since: Position | None, size: int, *, stored: Position | None = None
    ) -> AsyncGenerator[Page, None]:
        return self._of(entity).pages(entity, since, size, stored=stored)

    def keys(self, entity: Table, size: int) -> AsyncGenerator[pa.Table, None]:
        return self._of(entity).keys(entity, size)

    async def schema(self, entity: Table) -> pa.Schema:
        return await self._of(entity).schema(entity)

    async def undeclared(self, entity: Table) -> tuple[str, ...]:
        return await self._of(entity).undeclared(entity)

    async def tables(self, place: str | None = None) -> tuple[str, ...]:
        pattern = self._source.places[place].pattern if place else self._source.pattern
        return await self._readers[pattern].tables(place) if pattern in self._readers else ()

    def _of(self, entity: Table) -> Reader:
        return self._readers[self._source.place_of(entity).pattern]


@asynccontextmanager
async def open_readers(source: Source, dsns: Dsns, stopping: asyncio.Event | None = None) -> AsyncIterator[Readers]:
    """One reader for each pattern of the source that is polled; nothing is sent yet."""
    async with AsyncExitStack() as opened:
        openings = {READERS[pattern]: pattern for pattern in source.patterns if pattern in READERS}
        by_opening = {it: await opened.enter_async_context(it(source, dsns, stopping)) for it in openings}
        yield Readers(source, {it: by_opening[READERS[it]] for it in source.patterns if it in READERS})
