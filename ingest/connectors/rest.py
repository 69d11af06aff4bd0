"""A source that is a service over HTTP: lists of JSON items, page by page, from where they were read to.

A list that has not changed costs one request: what its answer was stamped with (ETag or Last-Modified) is kept with the
position, for the address and the source file that it was given to, and sent back the next time.
"""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any, Self
from zoneinfo import ZoneInfo

import httpx
import pyarrow as pa

from graph.records import Position
from ingest.connectors.cursor import key_columns
from ingest.connectors.http import Answer, NotThere, Passing, Patience, Service
from ingest.connectors.items import Marks, moment_of, to_rows
from ingest.connectors.pace import Pace, Wait, wait_or
from ingest.connectors.page import Page
from ingest.connectors.paging import Course, Part
from ingest.errors import SourceContractError, SourceUnavailable
from ingest.rest import Rest
from ingest.source import Source
from ingest.table import Table

PATIENCE = Patience()
MODIFIED = "modified "  # how a stamp begins that is a date


class RestReader:
    """Reads one source. Use ``async with RestReader.connect(...)``; a place is asked when its first table is read."""

    def __init__(
        self, source: Source, dsns: Mapping[str, str], opened: AsyncExitStack, wait: Wait, patience: Patience
    ) -> None:
        self._source = source
        self._dsns = dsns
        self._opened = opened
        self._wait = wait
        self._pace = Pace(source.rows_per_second, asyncio.get_running_loop().time, wait)
        self._patience = patience
        self._services: dict[str | None, Service] = {}
        self._down: dict[str | None, NotThere] = {}

    @classmethod
    @asynccontextmanager
    async def connect(
        cls,
        source: Source,
        dsns: Mapping[str, str],
        stopping: asyncio.Event | None = None,
        patience: Patience = PATIENCE,
    ) -> AsyncIterator[Self]:
        """Nothing is sent yet; ``stopping`` ends every wait."""
        async with AsyncExitStack() as opened:
            yield cls(source, dsns, opened, wait_or(stopping), patience)

    async def pages(
        self, entity: Table, since: Position | None, size: int, *, stored: Position | None = None
    ) -> AsyncGenerator[Page, None]:
        """The items that changed since ``since`` minus the overlap, or all; see `DatabaseReader.pages`.

        The position moves with the last page, or with each where the source file says that items are ordered: what
        breaks off is read again from there. A list that is always read whole has no page while it is unchanged.
        """
        place, zone = self._rest(entity), ZoneInfo(self._source.place_of(entity).timezone)
        marks = Marks(entity, zone, stored or since)
        with self._explained(entity):
            service = await self._service(entity)
            course = Course(place, self._first(service, entity, since, size), _size(place, size))
            digest = _digest(course.first, entity)
            answer = await service.get(course.first, _condition(stored, digest))
            if answer.unchanged:
                return
            stamp = f"{digest} {_stamp(answer)}" if _stamp(answer) else ""
            async for part, rows, unreadable in self._parts(service, entity, course, answer):
                fresh = marks.advance(rows)
                position = stored or since
                if part.next is None and entity.watermark:  # what is asked next has another address, and no stamp yet
                    moved = stored is None or marks.watermark() != stored.watermark
                    position = Position(marks.watermark(), "") if moved and marks.watermark() else stored
                elif part.next is None:
                    position = Position(None, stamp) if stamp and (place.whole or course.pages == 1) else None
                elif entity.resource.ordered and marks.watermark():
                    position = Position(marks.watermark(), "")
                yield Page(rows=rows, position=position, fresh=fresh, unreadable=unreadable)
                await self._pace.spend(len(rows))

    async def keys(self, entity: Table, size: int) -> AsyncGenerator[pa.Table, None]:
        """The columns that the ids of its records are made of, of the whole list."""
        place, names = self._rest(entity), key_columns(entity)
        asked = {place.fields: ",".join(names)} if place.fields else {}
        with self._explained(entity):
            service = await self._service(entity)
            first = self._first(service, entity, None, size).copy_merge_params(asked)
            course = Course(place, first, _size(place, size))
            answer = await service.get(first)
            async for _, rows, _ in self._parts(service, entity, course, answer, names):
                yield rows
                await self._pace.spend(len(rows))

    async def schema(self, entity: Table) -> pa.Schema:
        """Text, all of it. Raises SourceContractError if the service does not give what is declared."""
        with self._explained(entity):
            self._complete(entity, await self._sample(entity), tuple(entity.columns))
        return pa.schema([(name, pa.string()) for name in entity.columns])

    async def undeclared(self, entity: Table) -> tuple[str, ...]:
        with self._explained(entity):
            items = await self._sample(entity)
        known = {*entity.columns, *entity.ignore}
        named = dict.fromkeys(name for item in items if isinstance(item, dict) for name in item)
        return tuple(name for name in named if name not in known)

    async def tables(self, place: str | None = None) -> tuple[str, ...]:
        """A service does not list what it has: those of the source file."""
        return tuple(dict.fromkeys(table.table for table in self._source.tables if table.place == place))

    async def _sample(self, entity: Table) -> Sequence[Any]:
        service = await self._service(entity)
        first = self._first(service, entity, None, 20)
        return Course(self._rest(entity), first, 20).read(await service.get(first), service).items

    async def _parts(
        self, service: Service, entity: Table, course: Course, answer: Answer, names: Sequence[str] | None = None
    ) -> AsyncGenerator[tuple[Part, pa.Table, Mapping[str, int]], None]:
        """The pages of a list, whose first answer is there, as rows."""
        columns = tuple(names or entity.columns)
        while True:
            part = await asyncio.to_thread(course.read, answer, service)
            self._complete(entity, part.items, columns)
            rows, unreadable = await asyncio.to_thread(to_rows, part.items, columns, entity.resource.nested)
            course.note(rows.column(entity.key).to_pylist())
            yield part, rows, unreadable
            if part.next is None:
                return
            answer = await service.get(part.next)

    def _complete(self, entity: Table, items: Sequence[Any], columns: Sequence[str]) -> None:
        """A field that no item has was renamed or dropped: to take it for empty would end what it proved."""
        named = {name for item in items if isinstance(item, dict) for name in item}
        lost = [name for name in columns if name not in named and name not in entity.resource.optional]
        if named and lost:
            raise SourceContractError(
                f"its items lost {', '.join(map(repr, lost))} (renamed or dropped?): correct "
                f"{self._source.name}.toml, or have it restored."
            )

    def _first(self, service: Service, entity: Table, since: Position | None, size: int) -> httpx.URL:
        place, how = self._rest(entity), entity.resource
        asked: dict[str, str | int] = {**how.parameters}
        if place.size:
            asked[place.size.parameter] = min(size, place.size.most)
        if place.paging and place.paging.style == "page" and place.paging.parameter:
            asked[place.paging.parameter] = 1
        reached = moment_of(since)
        if how.since and reached:
            asked[how.since] = (reached - self._source.overlap).isoformat(timespec="microseconds")
        return service.address(entity.table, asked)

    def _rest(self, entity: Table) -> Rest:
        return self._source.place_of(entity).rest or Rest()

    async def _service(self, entity: Table) -> Service:
        """The place's service; one that was not there is not asked again for every table."""
        if entity.place in self._down:
            raise self._down[entity.place]
        if entity.place not in self._services:
            name = self._source.dsn_name_of(entity)
            if name not in self._dsns:
                raise SourceUnavailable(f"it has no DSN: give WEKEZA_SOURCES__{name.upper()} one.")
            opening = Service.connect(self._dsns[name], self._rest(entity).auth, self._patience, self._wait)
            self._services[entity.place] = await self._opened.enter_async_context(opening)
        return self._services[entity.place]

    @contextmanager
    def _explained(self, entity: Table) -> Iterator[None]:
        """A sentence begins with the system and the resource."""
        try:
            yield
        except (SourceContractError, SourceUnavailable) as fault:
            kind = SourceUnavailable if isinstance(fault, Passing | NotThere) else type(fault)
            if isinstance(fault, NotThere):
                self._down[entity.place] = fault
            raise kind(f"{self._source.title}, {entity.table!r}: {fault}") from fault


def _size(place: Rest, size: int) -> int | None:
    return min(size, place.size.most) if place.size else None


def _digest(url: httpx.URL, entity: Table) -> str:
    """Of what was asked and what is made of the answer: with another source file everything is read again."""
    return hashlib.blake2b(f"{url}\n{entity.model_dump_json()}".encode(), digest_size=8).hexdigest()


def _stamp(answer: Answer) -> str:
    if etag := answer.headers.get("etag"):
        return str(etag)
    modified = answer.headers.get("last-modified")
    return MODIFIED + modified if modified else ""


def _condition(stored: Position | None, digest: str) -> dict[str, str]:
    """What is sent with the first request, if the answer to the same one is known."""
    asked, _, stamp = stored.key.partition(" ") if stored else ("", "", "")
    if asked != digest or not stamp:
        return {}
    if stamp.startswith(MODIFIED):
        return {"if-modified-since": stamp.removeprefix(MODIFIED)}
    return {"if-none-match": stamp}
