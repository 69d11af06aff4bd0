"""A source that is a database: one reader for every engine, by SQLAlchemy Core; an engine's own is in its module.

Extracting is dumb on purpose: typed, streamed, nothing cleaned.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

import pyarrow as pa
from sqlalchemy import Connection, inspect
from sqlalchemy import types as sql
from sqlalchemy.exc import DBAPIError, NoSuchTableError
from sqlalchemy.ext.asyncio import AsyncConnection

from graph.records import Position
from ingest.connectors import postgresql
from ingest.connectors.arrow import arrow_type, to_arrow
from ingest.connectors.cursor import Cursor, Reflected
from ingest.errors import SourceContractError, SourceUnavailable
from ingest.source import Source
from ingest.table import Table

ENGINES = {"postgresql": postgresql}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Rows as they are in the source, and where the cursor stands after them."""

    rows: pa.Table
    position: Position | None  # None as long as no row had a watermark
    fresh: tuple[datetime, ...]  # the watermarks that lie after where the run began, in order
    unreadable: Mapping[str, int]  # column -> values that no type of ours can hold


class DatabaseReader:
    """One read-only connection to one source. Use ``async with DatabaseReader.connect(...)``."""

    def __init__(self, source: Source, connection: AsyncConnection) -> None:
        self._source = source
        self._connection = connection
        self._zone = ZoneInfo(source.timezone)

    @classmethod
    @asynccontextmanager
    async def connect(cls, source: Source, dsns: Mapping[str, str]) -> AsyncIterator[Self]:
        """Raises SourceUnavailable, retryable, with what an operator can do about it."""
        try:
            engine = ENGINES[source.engine].open_engine(dsns[source.name], name=f"wekeza ingest ({source.name})")
        except SourceUnavailable as fault:
            raise SourceUnavailable(f"{source.title}: {fault}") from None
        try:
            with _explained(source):
                connection = await engine.connect()
            try:
                yield cls(source, connection)
            finally:
                await connection.close()
        finally:
            await engine.dispose()

    async def schema(self, entity: Table) -> pa.Schema:
        """The declared columns as they are now. Raises SourceContractError if one is gone."""
        types = (await self._reflect(entity)).types
        return pa.schema([(name, arrow_type(types[name])) for name in entity.columns])

    async def undeclared(self, entity: Table) -> tuple[str, ...]:
        """Columns that the source file neither reads nor ignores."""
        known = {*entity.columns, *entity.ignore}
        return tuple(name for name in (await self._columns(entity)).types if name not in known)

    async def tables(self) -> tuple[str, ...]:
        """The tables of the schemas that the source file names, or of the user's own schema."""
        schemas = {entity.schema_name for entity in self._source.tables}
        with _explained(self._source):
            found = [name for schema in schemas for name in await self._connection.run_sync(_table_names, schema)]
            await self._connection.rollback()
        return tuple(sorted(found))

    async def pages(self, entity: Table, since: Position | None, size: int) -> AsyncGenerator[Page, None]:
        """The rows from ``since`` minus the overlap on, by watermark and key, at most ``size`` at a time.

        Raises SourceContractError where the table is not as declared, SourceUnavailable where the line breaks.
        """
        reflected = await self._reflect(entity)
        types = {name: arrow_type(reflected.types[name]) for name in entity.columns}
        cursor = Cursor(entity, reflected, since, self._source.overlap, self._zone)
        with _explained(self._source, entity):
            result = await self._connection.stream(cursor.select(), execution_options={"yield_per": size})
            try:
                async for part in result.partitions(size):
                    fresh = cursor.advance(part)
                    rows, unreadable = to_arrow([row[:-1] for row in part], types, self._zone)
                    yield Page(rows=rows, position=cursor.position, fresh=fresh, unreadable=unreadable)
            finally:
                await result.close()
                await self._connection.rollback()

    async def _reflect(self, entity: Table) -> Reflected:
        """The table, with every column that the source file declares."""
        reflected = await self._columns(entity)
        if lost := [name for name in entity.columns if name not in reflected.types]:
            raise SourceContractError(
                f"{self._source.title}, table {entity.table!r}, lost the column {_listed(lost)} (renamed or dropped?): "
                f"correct {self._place(entity)}, or have it restored."
            )
        return reflected

    async def _columns(self, entity: Table) -> Reflected:
        with _explained(self._source, entity):
            try:
                found = await self._connection.run_sync(
                    lambda sync: inspect(sync).get_columns(entity.table, schema=entity.schema_name)
                )
            except NoSuchTableError:
                raise SourceContractError(
                    f"{self._source.title} has no table {entity.table!r} any more: correct {self._place(entity)}, "
                    "or have it restored."
                ) from None
            finally:
                await self._connection.rollback()
        types = {str(item["name"]): _base(item["type"]) for item in found}
        return Reflected(types, frozenset(str(item["name"]) for item in found if item["nullable"]))

    def _place(self, entity: Table) -> str:
        return f"[[table]] {entity.name!r} in ingest/sources/{self._source.name}.toml"


@contextmanager
def _explained(source: Source, entity: Table | None = None) -> Iterator[None]:
    """A driver's error becomes one sentence that names the system and the table."""
    where = source.title + (f", table {entity.table!r}" if entity else "")
    try:
        yield
    except DBAPIError as fault:
        known = ENGINES[source.engine].explain(fault.orig or fault)
        raise type(known)(f"{where}: {known}") from fault
    except (OSError, TimeoutError) as fault:
        raise SourceUnavailable(f"{where}: it does not answer ({type(fault).__name__}).") from fault


def _table_names(connection: Connection, schema: str | None) -> list[str]:
    return inspect(connection).get_table_names(schema=schema)


def _base(declared: Any) -> sql.TypeEngine[Any]:
    """A domain is read as what it is made of."""
    base: sql.TypeEngine[Any] = getattr(declared, "data_type", declared)
    return base


def _listed(names: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in names)
