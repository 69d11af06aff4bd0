"""Items of JSON become the rows of an Arrow table: every column is text, whichever form a page happens to write.

So that no page's types depend on what it holds: the expressions of the source file cast. Numbers keep their digits.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from graph.records import Position
from ingest.connectors.page import NO_TIMES
from ingest.table import Table

Item = Mapping[str, Any]


def read_json(body: bytes) -> Any:
    """The value, with its numbers as they are written. Raises ValueError for what is no JSON."""
    try:
        return json.loads(body, parse_float=str, parse_int=str, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def at_path(value: Any, path: str) -> Any:
    """What is at ``a.b`` of a body; the body itself for an empty path, None where there is nothing."""
    for name in filter(None, path.split(".")):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def to_rows(items: Sequence[Any], columns: Iterable[str], nested: Collection[str]) -> tuple[pa.Table, Counter[str]]:
    """A row for each item, and how many values of each column could not be read: an object where none is declared.

    An item that is no object has no value at all, and so no key: it becomes a dead letter, and stops nothing.
    """
    unreadable: Counter[str] = Counter()
    said: dict[str, list[str | None]] = {name: [] for name in columns}
    for item in items:
        fields = item if isinstance(item, dict) else {}
        for name, column in said.items():
            value = fields.get(name)
            text = _text(value, name in nested)
            if text is None and value is not None:
                unreadable[name] += 1
            column.append(text)
    return pa.table({name: pa.array(column, pa.string()) for name, column in said.items()}), unreadable


def _text(value: Any, nested: bool) -> str | None:
    if nested and value is not None:
        text: str | None = json.dumps(value, ensure_ascii=False)
    elif isinstance(value, dict | list):
        text = None
    elif isinstance(value, bool):
        text = "true" if value else "false"
    else:
        text = value
    return text if text is not None and _is_whole(text) else None


def _is_whole(text: str) -> bool:
    """JSON can escape half a character, which no other text may hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class Marks:
    """The latest watermark among the items of a pass. One that is no time, or lies in the future, moves nothing."""

    def __init__(self, entity: Table, zone: ZoneInfo, reached: Position | None) -> None:
        self._names = entity.watermark
        self._zone = zone
        self._reached = moment_of(reached)
        self._now = datetime.now(UTC)
        self.latest = self._reached

    def advance(self, rows: pa.Table) -> pa.ChunkedArray:
        """Answers the times that were not reached before, in order."""
        columns = [rows.column(name).to_pylist() for name in self._names]
        found = (self._moment(next(filter(None, said), None)) for said in zip(*columns, strict=True))
        fresh = sorted(it for it in found if it and it <= self._now and (self._reached is None or it > self._reached))
        if not fresh:
            return NO_TIMES
        self.latest = max(fresh[-1], self.latest or fresh[-1])
        return pa.chunked_array([pa.array(fresh, pa.timestamp("us", tz="UTC"))])

    def watermark(self) -> str | None:
        return None if self.latest is None else self.latest.isoformat(timespec="microseconds")

    def _moment(self, text: str | None) -> datetime | None:
        try:
            found = datetime.fromisoformat(text) if text else None
        except ValueError:
            return None
        if found is None:
            return None
        return (found if found.tzinfo else found.replace(tzinfo=self._zone)).astimezone(UTC)


def moment_of(position: Position | None) -> datetime | None:
    """The time that a position has reached; None for one without."""
    return datetime.fromisoformat(position.watermark).astimezone(UTC) if position and position.watermark else None
