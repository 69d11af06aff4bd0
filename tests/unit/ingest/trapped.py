"""Rows of any system as its source file maps them, and who of their records is whom."""

from functools import cache
from typing import Any

from graph.records import CustomerRecord
from ingest.mapping import Mapped, map_rows
from ingest.source import Source, load_sources
from tests.unit.graph.resolution.worlds import groups, resolve
from tests.unit.ingest.rows import SECRET, rows_of


@cache
def sources() -> dict[str, Source]:
    return load_sources()


def mapped(place: str, *rows: dict[str, Any]) -> Mapped:
    """The records of rows of `system.table`."""
    system, entity = place.split(".")
    source = sources()[system]
    table = next(table for table in source.tables if table.name == entity)
    return map_rows(source, table, rows_of(table, rows), SECRET)


def customers(place: str, *rows: dict[str, Any]) -> list[CustomerRecord]:
    return [record for record in mapped(place, *rows).records if isinstance(record, CustomerRecord)]


def values(record: CustomerRecord) -> set[tuple[str, str]]:
    return {(value.kind, value.value) for value in record.identifiers if value.verified}


def together(*records: CustomerRecord) -> set[frozenset[str]]:
    """Who is whom, by the keys without their system's and table's names."""
    return {frozenset(key.split("|", 2)[2] for key in group) for group in groups(resolve(records))}
