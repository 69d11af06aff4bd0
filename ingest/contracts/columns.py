"""The contract of events as the columns of a table: what an event says of a column, or null."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

import pyarrow as pa
from pydantic import AwareDatetime

from ingest.contracts.event import Event, Said

TYPES: dict[Any, pa.DataType] = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    date: pa.date32(),
    datetime: pa.timestamp("us", "UTC"),
    AwareDatetime: pa.timestamp("us", "UTC"),
    Decimal: pa.string(),  # exact, whatever its scale is
}


def columns_of(contracts: Iterable[type[Event]]) -> pa.Schema:
    """The columns of all of them; a word that several have is one column. Raises ArrowTypeError if its types differ."""
    return pa.unify_schemas([_schema(contract) for contract in contracts])


def to_table(events: Iterable[Event], columns: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist([event.model_dump() for event in events], schema=columns)


def _schema(said: type[Said]) -> pa.Schema:
    return pa.schema([(alias, found) for alias, found in _fields(said) if found is not None])


def _fields(said: type[Said]) -> list[tuple[str, pa.DataType | None]]:
    return [(field.alias or name, _type(field.annotation)) for name, field in said.model_fields.items()]


def _type(hint: Any) -> pa.DataType | None:
    """None for a mapping, which is no column: anybody may put anything into it."""
    options = [option for option in get_args(hint) if option is not NoneType]
    match get_origin(hint):
        case origin if origin is Annotated:
            return _type(options[0])
        case origin if origin is Literal:
            return TYPES[type(options[0])]
        case origin if origin is tuple:
            return pa.list_(_type(options[0]))
        case origin if origin is dict:
            return None
        case origin if origin is not None:  # X | None
            return _type(options[0])
    if isinstance(hint, type) and issubclass(hint, Said):
        return pa.struct([(alias, found) for alias, found in _fields(hint) if found is not None])
    return TYPES[hint]
