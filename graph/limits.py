"""What the stores can hold: a record beyond it is left out and counted, so that it does not stop its whole batch."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from graph.records import CustomerRecord, Departure, SourceRecord
from graph.rows import edges_of, numbers_of, references_of

MAX_KEY_BYTES = 8_000  # Neo4j's index takes 8,167; a ghost's prefix needs some of them
INT64 = range(-(2**63), 2**63)
NUL = "\x00"  # PostgreSQL's text has none


def fits(record: SourceRecord | Departure) -> bool:
    """Whether every key, text and integer of the record can be written."""
    return (
        all(map(_is_key, _keys(record)))
        and all(map(_is_value, _values(record)))
        and not (isinstance(record, CustomerRecord) and NUL in (record.full_name or ""))
    )


def _is_key(key: str) -> bool:
    return _is_value(key) and NUL not in key and len(key.encode()) <= MAX_KEY_BYTES


def _is_value(value: Any) -> bool:
    """Half a character (a lone surrogate) is no text in any encoding."""
    if isinstance(value, str) and not value.isascii():
        return not any("\ud800" <= char <= "\udfff" for char in value)
    return type(value) is not int or value in INT64


def _keys(record: SourceRecord | Departure) -> Iterator[str]:
    yield record.key
    if isinstance(record, Departure):
        return
    yield from (number for _, number in numbers_of(record))
    for edge in edges_of(record):
        yield from (edge.start, edge.end)
    for edge, _ in references_of(record):
        yield edge.end
    if isinstance(record, CustomerRecord):
        yield from (value.key for value in record.identifiers)


def _values(record: SourceRecord | Departure) -> Iterator[Any]:
    yield from (getattr(record, item.name) for item in fields(record))
    if isinstance(record, CustomerRecord):
        yield from record.attributes.values()
        yield from (value.raw for value in record.identifiers)
        yield from (value.raw for value in record.invalid)
