"""A source that is a database, or several: one reader for every engine, by SQLAlchemy Core.

What is an engine's own is in its module. Extracting is dumb on purpose: typed, streamed, nothing cleaned.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, contextmanager
from typing import Any, Self
from zoneinfo import ZoneInfo

import pyarrow as pa
from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DBAPIError, NoSuchTableError

from graph.records import Position
from ingest.connectors import faults, mssql, mysql, postgresql
from ingest.connectors.arrow import arrow_type, to_arrow
from ingest.connectors.columns import Column
from ingest.connectors.cursor import Cursor, Reflected, key_columns, select_keys, select_rows
from ingest.connectors.pace import Pace, wait_or
from ingest.connectors.page import Page
from ingest.connectors.session import Session, open_session
from ingest.errors import SourceContractError, SourceUnavailable
from ingest.source import Source
from ingest.table import Table

ENGINES: Mapping[str, Any] = {"postgresql": postgresql, "mysql": mysql, "mssql": mssql}


class DatabaseReader:
    """Read-only connections to one source. Use ``async with DatabaseReader.connect(...)``.

    Each of its databases is connected to when its first table is read; one that is down fails its own tables only.
    """

    def __init__(self, source: Source, dsns: Mapping[str, str], opened: AsyncExitStack, pace: Pace) -> None:
        self._source = source
        self._dsns = dsns
        self._opened = opened
        self._pace = pace
        self._sessions: dict[str | None, Session] = {}
        self._down: dict[str | None, SourceUnavailable] = {}

    @classmethod
    @asynccontextmanager
    async def connect(
        cls, source: Source, dsns: Mapping[str, str], stopping: asyncio.Event | None = None
    ) -> AsyncIterator[Self]:
        """``dsns`` by the source's names for them; ``stopping`` ends waiting for a source that wants to be read slowly.

        Nothing is sent yet: whatever reads raises SourceUnavailable, retryable, with what an operator can do about it.
        """
        async with AsyncExitStack() as opened:
            pace = Pace(source.rows_per_second, asyncio.get_running_loop().time, wait_or(stopping))
            yield cls(source, dsns, opened, pace)

    async def schema(self, entity: Table) -> pa.Schema:
        """The declared columns as they are now. Raises SourceContractError if one is gone."""
        types = (await self._reflect(entity)).types
        return pa.schema([(name, arrow_type(types[name])) for name in entity.columns])

    async def undeclared(self, entity: Table) -> tuple[str, ...]:
        """Columns that the source file neither reads nor ignores."""
        known = {*entity.columns, *entity.ignore}
        return tuple(name for name in (await self._columns(entity)).types if name not in known)

    async def tables(self, place: str | None = None) -> tuple[str, ...]:
        """The tables of the schemas that the source file names in a database, or of the user's own schema."""
        entities = [entity for entity in self._source.tables if entity.place == place]
        found: list[str] = []
        for schema, entity in {entity.schema_name: entity for entity in entities}.items():
            session = await self._session(entity)
            with self._explained(entity, named=False):
                found += await session.run(lambda sync, schema=schema: _table_names(sync, schema))  # type: ignore[misc]
        return tuple(sorted(found))

    async def pages(
        self, entity: Table, since: Position | None, size: int, *, stored: Position | None = None
    ) -> AsyncGenerator[Page, None]:
        """The rows from ``since`` minus the overlap on, by watermark and key, at most ``size`` at a time.

        A pass that begins before where the table was read to is given that too, as ``stored``: the pages' positions
        then never go back behind it.

        Raises SourceContractError where the table is not as declared, SourceUnavailable where the line breaks.
        """
        reflected = await self._reflect(entity)
        zone = self._zone(entity)
        try:
            cursor = Cursor(entity, reflected, since, self._source.overlap, zone, stored)
        except ValueError:
            raise self._not_from(entity, from_day=since not in (None, stored)) from None
        session = await self._session(entity)
        with self._explained(entity):
            async with aclosing(session.parts(cursor.select(), size)) as parts:
                async for part in parts:
                    rows, unreadable = to_arrow(part, cursor.types(), zone)
                    fresh = cursor.advance(rows)
                    declared = rows.select(list(entity.columns))
                    yield Page(rows=declared, position=cursor.position, fresh=fresh, unreadable=unreadable)
                    await self._pace.spend(len(part))

    async def keys(self, entity: Table, size: int) -> AsyncGenerator[pa.Table, None]:
        """The key of every row, with whatever else the ids of its records are made of (`key_columns`)."""
        reflected = await self._reflect(entity)
        types = {name: arrow_type(reflected.types[name]) for name in key_columns(entity)}
        session = await self._session(entity)
        with self._explained(entity):
            async with aclosing(session.parts(select_keys(entity, reflected), size)) as parts:
                async for part in parts:
                    yield to_arrow(part, types, self._zone(entity))[0]
                    await self._pace.spend(len(part))

    async def rows(self, entity: Table, keys: Sequence[str]) -> list[Sequence[Any]]:
        """The rows with these keys as they are now, as the driver reads them: the columns in the order of the file."""
        statement = select_rows(entity, await self._reflect(entity), keys, self._zone(entity))
        session = await self._session(entity)
        with self._explained(entity):
            async with aclosing(session.parts(statement, len(keys))) as parts:
                return [row async for part in parts for row in part]

    async def _session(self, entity: Table) -> Session:
        """The connection to the table's database; one that was down is not asked again by every table."""
        name = entity.place
        if name in self._down:
            raise self._down[name]
        if name not in self._sessions:
            with self._explained(entity, named=False):
                engine = self._engine(entity).open_engine(
                    self._dsn(entity), name=f"wekeza ingest ({self._source.name})"
                )
                self._sessions[name] = await self._opened.enter_async_context(open_session(engine))
        return self._sessions[name]

    def _dsn(self, entity: Table) -> str:
        name = self._source.dsn_name_of(entity)
        if name not in self._dsns:
            raise SourceUnavailable(f"it has no DSN: give WEKEZA_SOURCES__{name.upper()} one.")
        return self._dsns[name]

    def _engine(self, entity: Table) -> Any:
        return ENGINES[self._source.place_of(entity).engine]

    def _zone(self, entity: Table) -> ZoneInfo:
        return ZoneInfo(self._source.place_of(entity).timezone)

    async def _reflect(self, entity: Table) -> Reflected:
        """The table, with every column that the source file declares."""
        reflected = await self._columns(entity)
        if lost := [name for name in entity.columns if name not in reflected.types]:
            raise SourceContractError(
                f"{self._where(entity)}, lost the column {', '.join(map(repr, lost))} (renamed or dropped?): "
                f"correct {self._place(entity)}, or have it restored."
            )
        marks = {name: str(arrow_type(reflected.types[name])) for name in entity.watermark}
        if len({*marks.values()}) > 1:  # the later of two times is none if their clocks differ
            said = ", ".join(f"{name!r} ({type_})" for name, type_ in marks.items())
            raise SourceContractError(
                f"{self._where(entity)}: its watermarks are of several types, {said}: "
                f"name those of one in {self._place(entity)}."
            )
        return reflected

    async def _columns(self, entity: Table) -> Reflected:
        session = await self._session(entity)
        with self._explained(entity):
            try:
                read = self._engine(entity).read_columns
                found: list[Column] = await session.run(lambda sync: read(sync, entity.table, entity.schema_name))
            except NoSuchTableError:
                raise SourceContractError(
                    f"{self._source.title} has no table {entity.table!r} any more: correct {self._place(entity)}, "
                    "or have it restored."
                ) from None
        return Reflected({it.name: it.type for it in found}, frozenset(it.name for it in found if it.nullable))

    def _not_from(self, entity: Table, *, from_day: bool) -> SourceContractError:
        if from_day:
            return SourceContractError(
                f"{self._where(entity)}: its watermark is of another type than the place to read it from: "
                "it cannot be read from a date, only from the start or from where it was read to."
            )
        marks = " or ".join(map(repr, entity.watermark))
        return SourceContractError(
            f"{self._where(entity)}: its watermark {marks} is of another type than when it was read last: "
            f"correct {self._place(entity)}, or have it restored."
        )

    def _where(self, entity: Table) -> str:
        return f"{self._source.title}, table {entity.table!r}"

    def _place(self, entity: Table) -> str:
        return f"[[table]] {entity.name!r} in ingest/sources/{self._source.name}.toml"

    @contextmanager
    def _explained(self, entity: Table, *, named: bool = True) -> Iterator[None]:
        """A driver's error becomes one sentence that names the system, and the database or the table."""
        database = f", {self._source.place_of(entity).database}" if entity.place else ""
        where = self._where(entity) if named else self._source.title + database
        try:
            yield
        except DBAPIError as fault:
            known = self._engine(entity).explain(fault.orig or fault)
            raise self._noted(entity, type(known)(f"{where}: {known}")) from fault
        except TimeoutError as fault:
            raise self._noted(entity, SourceUnavailable(f"{where}: {faults.too_late()}")) from fault
        except OSError as fault:
            sentence = f"{where}: it does not answer ({type(fault).__name__})."
            raise self._noted(entity, SourceUnavailable(sentence)) from fault
        except SourceUnavailable as fault:
            raise self._noted(entity, SourceUnavailable(f"{where}: {fault}")) from None

    def _noted(self, entity: Table, fault: Exception) -> Exception:
        session = self._sessions.get(entity.place)
        if isinstance(fault, SourceUnavailable) and (session is None or session.lost):
            self._down[entity.place] = fault
        return fault


def _table_names(connection: Connection, schema: str | None) -> list[str]:
    return inspect(connection).get_table_names(schema=schema)
