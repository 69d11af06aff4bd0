"""Where a table has been read to: a (watermark, key) cursor, and the queries that go on from there or read its keys.

The overlap before the watermark is read again, because a row is stamped before it is committed. What was loaded already
changes nothing. The watermark is the source's clock; it is stored as text in UTC and compared as the column's own type.
Where that clock is ahead of ours, the position waits for ours: behind a row of next year no other would ever be read.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Select,
    TableClause,
    and_,
    column,
    func,
    or_,
    quoted_name,
    select,
    table,
)
from sqlalchemy import types as sql

from graph.records import Position
from ingest.connectors.arrow import arrow_type
from ingest.connectors.page import NO_TIMES
from ingest.expressions import columns_in
from ingest.table import Table

MARK = ""  # the name, which no column has, of the first watermark that is there


@dataclass(frozen=True, slots=True)
class Reflected:
    """What a database says of a table now."""

    types: Mapping[str, sql.TypeEngine[Any]]
    nullable: frozenset[str]


class Cursor:
    """Goes through one table once, from ``since`` on; ``position`` is where it stands and never goes back.

    Raises ValueError where ``since`` is of another type than the watermark, as text is, which has an order of its own.

    ``stored`` is how far the table was read before, where this pass begins before that: it is a rescan, which moves the
    position only behind it. A table without a watermark is read by key, and has no position.
    """

    def __init__(
        self,
        entity: Table,
        reflected: Reflected,
        since: Position | None,
        overlap: timedelta,
        zone: ZoneInfo,
        stored: Position | None = None,
    ) -> None:
        self._entity = entity
        self._reflected = reflected
        self._overlap = overlap
        self._marked = reflected.types[entity.watermark[0]] if entity.watermark else sql.NullType()
        self._zone = ZoneInfo("UTC") if getattr(self._marked, "timezone", False) else zone
        self._since = since if entity.watermark else None
        if self._since and pa.types.is_string(arrow_type(self._marked)):
            raise ValueError("a position is never in text")
        self.position = (stored or since) if entity.watermark else None
        self._from = _parse(since.watermark, self._marked, self._zone) if since and entity.watermark else None
        self._reached = _reached(self.position.watermark, self._marked) if self.position else None
        self._latest = _latest(datetime.now(UTC), self._marked, zone)

    def select(self) -> Select[Any]:
        """The declared columns and, where there are several watermarks, the one that counts; by watermark and key."""
        columns = _columns(self._entity.columns, self._reflected)
        marks = [columns[name] for name in self._entity.watermark]
        key = columns[self._entity.key]
        if not marks:
            return select(*columns.values()).select_from(_rows(self._entity, columns)).order_by(key)
        mark: ColumnElement[Any] = func.coalesce(*marks) if len(marks) > 1 else marks[0]
        extra = [mark.label(None)] if len(marks) > 1 else []
        statement = select(*columns.values(), *extra).select_from(_rows(self._entity, columns))
        if self._from is not None:
            statement = statement.where(self._after(mark, key))
        return statement.order_by(mark, key)

    def types(self) -> dict[str, pa.DataType]:
        """The Arrow types of the query's columns, in their order."""
        types = {name: arrow_type(self._reflected.types[name]) for name in self._entity.columns}
        return types | ({MARK: arrow_type(self._marked)} if len(self._entity.watermark) > 1 else {})

    def advance(self, rows: pa.Table) -> pa.ChunkedArray:
        """Move behind these rows of the query; answers the times among the watermarks that were not reached before.

        A row whose watermark is NULL, unreadable or in the future moves nothing, and so is read again every time.
        """
        if not self._entity.watermark:
            return NO_TIMES
        marks = rows.column(MARK if len(self._entity.watermark) > 1 else self._entity.watermark[0])
        if self._latest is not None:
            marks = pc.if_else(pc.less_equal(marks, pa.scalar(self._latest, marks.type)), marks, None)
        last = next((n for n in range(len(marks) - 1, -1, -1) if marks[n].is_valid), None)
        if last is None or pa.types.is_string(marks.type):
            return NO_TIMES
        reached = self._reached
        ahead = marks if reached is None else marks.filter(pc.greater(marks, pa.scalar(reached, marks.type)))
        fresh = ahead.drop_null()
        mark = marks[last].as_py()
        # Within the overlap the rows lie behind the position; without one, those of a first pass lie ahead of it.
        if len(fresh) or (not self._overlap and (reached is None or mark >= reached)):
            self.position = Position(_spell(mark), str(rows.column(self._entity.key)[last].as_py()))
        return fresh if isinstance(mark, datetime) else NO_TIMES

    def _after(self, mark: ColumnElement[Any], key: ColumnElement[Any]) -> ColumnElement[bool]:
        assert self._since is not None  # noqa: S101 - something was reached
        if self._overlap and isinstance(self._from, date):
            after = mark >= self._from - self._overlap
        elif not self._since.key:  # a time that somebody named, and no row
            after = mark >= self._from
        else:
            last_key = _parse(self._since.key, self._reflected.types[self._entity.key], self._zone)
            after = or_(mark > self._from, and_(mark == self._from, key > last_key))
        never_null = any(name not in self._reflected.nullable for name in self._entity.watermark)
        return after if never_null else or_(after, mark.is_(None))


def select_keys(entity: Table, reflected: Reflected) -> Select[Any]:
    """What tells which records a table has: its key, or the columns that its records' ids are made of."""
    names = key_columns(entity)
    columns = _columns(names, reflected)
    return select(*columns.values()).select_from(_rows(entity, columns)).order_by(columns[entity.key])


def select_rows(entity: Table, reflected: Reflected, keys: Iterable[str], zone: ZoneInfo) -> Select[Any]:
    """The declared columns of the rows with these keys."""
    columns = _columns(entity.columns, reflected)
    known = [_parse(key, reflected.types[entity.key], zone) for key in keys]
    return select(*columns.values()).select_from(_rows(entity, columns)).where(columns[entity.key].in_(known))


def key_columns(entity: Table) -> tuple[str, ...]:
    """The columns that ``key``, ``id``, ``where`` and ``each`` name, in the order of the file."""
    named = {entity.key}.union(*(columns_in(said) for said in (entity.id, entity.where, entity.each) if said))
    return tuple(name for name in entity.columns if name in named)


def start_of(day: date, zone: ZoneInfo) -> Position:
    """The position before everything that bears this day, for reading again from there on."""
    return Position(_spell(datetime.combine(day, time(), zone)), "")


def _columns(names: Iterable[str], reflected: Reflected) -> dict[str, ColumnClause[Any]]:
    return {name: column(quoted_name(name, True), reflected.types[name]) for name in names}


def _rows(entity: Table, columns: Mapping[str, ColumnClause[Any]]) -> TableClause:
    schema = quoted_name(entity.schema_name, True) if entity.schema_name else None
    return table(quoted_name(entity.table, True), *columns.values(), schema=schema)


def _spell(mark: Any) -> str:
    return mark.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(mark, datetime) else str(mark)


def _reached(text: str | None, declared: sql.TypeEngine[Any]) -> Any:
    """The text of a position as Arrow holds the column: a time in UTC."""
    if text is None:
        return None
    return (
        datetime.fromisoformat(text) if isinstance(declared, sql.DateTime) else _parse(text, declared, ZoneInfo("UTC"))
    )


def _latest(now: datetime, declared: sql.TypeEngine[Any], zone: ZoneInfo) -> Any:
    """The last watermark that is not in the future, as Arrow holds the column; None where it is no time."""
    match declared:
        case sql.DateTime():
            return now
        case sql.Date():
            return now.astimezone(zone).date()
        case _:
            return None


def _parse(text: str | None, declared: sql.TypeEngine[Any], zone: ZoneInfo) -> Any:
    """The text of a position as the column's own type."""
    if text is None:
        return None
    match declared:
        case sql.DateTime():
            moment = datetime.fromisoformat(text)
            return moment if declared.timezone else moment.astimezone(zone).replace(tzinfo=None)
        case sql.Date():
            return date.fromisoformat(text[:10])  # of a whole moment, if somebody named one
        case sql.Integer():
            return int(text)
        case sql.Numeric():
            return Decimal(text)
        case sql.Uuid():
            return UUID(text)
        case _:
            return text
