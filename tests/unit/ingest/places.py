"""One row of one table of a source, mapped: a place is written ``system.entity``."""

from functools import cache
from typing import Any

from ingest.mapping import Mapped, map_rows
from ingest.source import Source, load_sources
from ingest.table import Table
from tests.unit.ingest.rows import SECRET, rows_of


@cache
def sources() -> dict[str, Source]:
    return load_sources()


def table(place: str) -> tuple[Source, Table]:
    system, entity = place.split(".")
    source = sources()[system]
    return source, next(table for table in source.tables if table.name == entity)


def mapped(place: str, *rows: dict[str, Any]) -> Mapped:
    source, entity = table(place)
    return map_rows(source, entity, rows_of(entity, rows), SECRET)


def one(place: str, row: dict[str, Any]) -> Any:
    (record,) = mapped(place, row).records
    return record
