"""Where a table has been read to: a (watermark, key) cursor, and the query that goes on from there.

The overlap before the watermark is read again, because a row is stamped before it is committed. What was loaded already
changes nothing. The watermark is the source's clock; it is stored as text in UTC and compared as the column's own type.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, column, func, or_, quoted_name, select, table
from sqlalchemy import types as sql

from graph.records import Position
from ingest.table import Table


@dataclass(frozen=True, slots=True)
class Reflected:
    """What a database says of a table now."""

    types: Mapping[str, sql.TypeEngine[Any]]
    nullable: frozenset[str]


class Cursor:
    """Goes through one table once, from ``since`` on; ``position`` is where it stands and never goes back."""

    def __init__(
        self, entity: Table, reflected: Reflected, since: Position | None, overlap: timedelta, zone: ZoneInfo
    ) -> None:
        self._entity = entity
        self._reflected = reflected
        self._overlap = overlap
        self._zone = zone
        self._key = list(entity.columns).index(entity.key)
        self.position = since
        stored = since.watermark if since else None
        self._reached = stored and _parse(stored, reflected.types[entity.watermark[0]], zone)

    def select(self) -> Select[Any]:
        """The declared columns and, last, the watermark, by watermark and key."""
        columns = {name: column(quoted_name(name, True), self._reflected.types[name]) for name in self._entity.columns}
        marks = [columns[name] for name in self._entity.watermark]
        mark: ColumnElement[Any] = func.coalesce(*marks) if len(marks) > 1 else marks[0]
        rows = table(quoted_name(self._entity.table, True), *columns.values(), schema=self._entity.schema_name)
        statement = select(*columns.values(), mark.label(None)).select_from(rows)
        key = columns[self._entity.key]
        if self._reached is not None:
            statement = statement.where(self._after(mark, key))
        return statement.order_by(mark, key)

    def advance(self, rows: Sequence[Sequence[Any]]) -> tuple[datetime, ...]:
        """Move behind these rows of the query; answers the watermarks that were not reached before.

        A row whose watermark is NULL or unreadable moves nothing, and so is read again every time.
        """
        marked = [row for row in rows if isinstance(row[-1], date | int)]
        fresh = [row[-1] for row in marked if self._reached is None or row[-1] > self._reached]
        # Within the overlap the rows lie behind the position; without one every row of the query lies ahead of it.
        if marked and (fresh or not self._overlap):
            self.position = Position(_spell(marked[-1][-1], self._zone), str(marked[-1][self._key]))
        return tuple(_in_utc(mark, self._zone) for mark in fresh if isinstance(mark, datetime))

    def _after(self, mark: ColumnElement[Any], key: ColumnElement[Any]) -> ColumnElement[bool]:
        if self._overlap and isinstance(self._reached, date):
            after = mark >= self._reached - self._overlap
        else:
            assert self.position is not None  # noqa: S101 - something was reached
            last_key = _parse(self.position.key, self._reflected.types[self._entity.key], self._zone)
            after = or_(mark > self._reached, and_(mark == self._reached, key > last_key))
        never_null = any(name not in self._reflected.nullable for name in self._entity.watermark)
        return after if never_null else or_(after, mark.is_(None))


def _in_utc(moment: datetime, zone: ZoneInfo) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _spell(mark: date | int, zone: ZoneInfo) -> str:
    return _in_utc(mark, zone).isoformat(timespec="microseconds") if isinstance(mark, datetime) else str(mark)


def _parse(text: str, declared: sql.TypeEngine[Any], zone: ZoneInfo) -> Any:
    """The text of a position as the column's own type."""
    match declared:
        case sql.DateTime():
            moment = datetime.fromisoformat(text)
            return moment if declared.timezone else moment.astimezone(zone).replace(tzinfo=None)
        case sql.Date():
            return date.fromisoformat(text)
        case sql.Integer():
            return int(text)
        case sql.Uuid():
            return UUID(text)
        case _:
            return text
