"""Rows of a driver become Arrow columns, typed by what the database says of them, not by what they happen to hold."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import types as sql

MAX_PRECISION = 38


def arrow_type(declared: sql.TypeEngine[Any]) -> pa.DataType:
    """The Arrow type of a reflected column. Whatever has no plain counterpart is text (uuid, json, numeric, inet)."""
    match declared:
        case sql.Boolean():
            return pa.bool_()
        case sql.Integer():
            return pa.int64()
        case sql.Float():
            return pa.float64()
        case sql.Numeric(precision=int(precision), scale=int(scale)) if 0 <= scale <= precision <= MAX_PRECISION:
            return pa.decimal128(precision, scale)
        case sql.DateTime():
            return pa.timestamp("us", tz="UTC" if declared.timezone else None)
        case sql.Date():
            return pa.date32()
        case _:
            return pa.string()


def to_arrow(
    rows: Sequence[Sequence[Any]], types: Mapping[str, pa.DataType], zone: ZoneInfo
) -> tuple[pa.Table, Counter[str]]:
    """A typed table, its naive times read in ``zone``, and how many values of each column could not be read."""
    unreadable: Counter[str] = Counter()
    columns: dict[str, pa.Array] = {}
    values = list(zip(*rows, strict=True)) or [()] * len(types)
    for (name, type_), said in zip(types.items(), values, strict=True):
        column, failed = _column(said, type_)
        if failed:
            unreadable[name] = failed
        columns[name] = in_utc(column, zone)
    return pa.table(columns), unreadable


def _column(values: Sequence[Any], type_: pa.DataType) -> tuple[pa.Array, int]:
    """One column, and how many of its values are none of its type. Text for another type is cast."""
    if pa.types.is_string(type_) and type(_first(values)) is not str:
        values = [value if value is None or type(value) is str else _text(value) for value in values]
    try:
        return _typed(values, type_), 0
    except (pa.ArrowException, OverflowError):
        readable = [value if _fits(value, type_) else None for value in values]
        failed = sum(kept is None and value is not None for kept, value in zip(readable, values, strict=True))
        return _typed(readable, type_), failed


def _typed(values: Sequence[Any], type_: pa.DataType) -> pa.Array:
    return pa.array(values, pa.string()).cast(type_) if type(_first(values)) is str else pa.array(values, type_)


def _first(values: Sequence[Any]) -> Any:
    """What a driver makes of one value of a column it makes of all."""
    return next((value for value in values if value is not None), None)


def _fits(value: Any, type_: pa.DataType) -> bool:
    try:
        _typed([value], type_)
    except (pa.ArrowException, OverflowError):
        return False
    return True


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.hex()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def in_utc(column: pa.Array | pa.ChunkedArray, zone: ZoneInfo) -> pa.Array | pa.ChunkedArray:
    """A naive time that the clock showed twice or never is taken for the earlier one: any choice is within an hour."""
    if not pa.types.is_timestamp(column.type) or column.type.tz:
        return column
    aware = pc.assume_timezone(column, zone.key, ambiguous="earliest", nonexistent="earliest")
    return aware.cast(pa.timestamp("us", tz="UTC"))
