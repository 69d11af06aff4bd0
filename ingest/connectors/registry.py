"""The patterns by which sources are read, and the connector of each. A new one is one file here and one line."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

import pyarrow as pa

from graph.records import Position
from ingest.connectors.cdc import CdcFollower, check_following
from ingest.connectors.database import DatabaseReader
from ingest.connectors.files import FilesReader
from ingest.connectors.page import Follower, Memory, Page, PartsReader, Reader
from ingest.connectors.rest import RestReader
from ingest.connectors.stream import StreamFollower
from ingest.declared import Pattern
from ingest.source import Source
from ingest.table import Table

Dsns = Mapping[str, str]  # of one source, by the source's names for them

OpenReader = Callable[[Source, Dsns, asyncio.Event | None], AbstractAsyncContextManager[Reader]]
OpenFollower = Callable[[Source, Dsns, Memory, asyncio.Event], AbstractAsyncContextManager[Follower]]

Check = Callable[[Source, Dsns], Awaitable[list[str]]]  # answers remarks, raises what is wrong


def _follow_log(
    source: Source, dsns: Dsns, _: Memory, stopping: asyncio.Event
) -> AbstractAsyncContextManager[Follower]:
    return CdcFollower.connect(source, dsns, stopping)


READERS: Mapping[Pattern, OpenReader] = {
    "database": DatabaseReader.connect,
    "cdc": DatabaseReader.connect,
    "files": FilesReader.connect,
    "rest": RestReader.connect,
}
FOLLOWERS: Mapping[Pattern, OpenFollower] = {"cdc": _follow_log, "stream": StreamFollower.connect}
CHECKS: Mapping[Pattern, Check] = {"cdc": check_following}
BOTH = READERS.keys() & FOLLOWERS.keys()  # what is followed, with polls for the first rows and as a net


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

    def in_parts(self, entity: Table) -> PartsReader | None:
        """The reader of a table that comes in parts, as files."""
        found = self._of(entity)
        return found if isinstance(found, PartsReader) else None

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
