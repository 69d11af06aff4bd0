"""Is a source still what its file says? Reads no rows."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from graph.errors import IdentityError
from ingest.connectors.registry import CHECKS, Readers, open_readers
from ingest.mapping import map_rows
from ingest.source import Source
from ingest.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCheck:
    """``problems`` stop a table or the source; ``remarks`` are what the file does not know of."""

    system: str
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


async def check_source(source: Source, dsns: Mapping[str, str]) -> SourceCheck:
    """Connect, compare tables and columns, and evaluate every expression over the columns' types of now."""
    problems: list[str] = []
    remarks: list[str] = []
    known = {*source.ignore.tables, *(table.table for table in source.tables)}
    async with open_readers(source, dsns) as reader:
        for table in filter(reader.reads, source.tables):
            problems += await _check_table(reader, source, table)
            remarks += [f"{source.title}: {name!r} of {table.table!r} is new" for name in await _new(reader, table)]
        for place in (None, *source.places):
            found = await _tables(reader, place)
            remarks += [f"{source.title}: table {name!r} is new" for name in found if name not in known]
    for pattern in filter(CHECKS.__contains__, source.patterns):
        try:
            remarks += await CHECKS[pattern](source, dsns)
        except IdentityError as fault:
            problems.append(str(fault))
    # A database that is down says the same of each of its tables.
    return SourceCheck(system=source.name, problems=tuple(dict.fromkeys(problems)), remarks=tuple(remarks))


async def _check_table(reader: Readers, source: Source, table: Table) -> list[str]:
    try:
        schema: pa.Schema = await reader.schema(table)
        map_rows(source, table, schema.empty_table(), b"")
    except IdentityError as fault:
        return [str(fault)]
    return []


async def _new(reader: Readers, table: Table) -> tuple[str, ...]:
    try:
        return await reader.undeclared(table)
    except IdentityError:
        return ()  # told already, as a problem


async def _tables(reader: Readers, place: str | None) -> tuple[str, ...]:
    try:
        return await reader.tables(place)
    except IdentityError:
        return ()  # told already
