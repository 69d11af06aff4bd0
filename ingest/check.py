"""Is a source still what its file says? Reads no rows."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from graph.errors import IdentityError
from ingest.connectors.database import DatabaseReader
from ingest.errors import SourceContractError
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
    try:
        async with DatabaseReader.connect(source, dsns) as reader:
            for table in source.tables:
                problems += await _check_table(reader, source, table)
                remarks += [f"{source.title}: {name!r} of {table.table!r} is new" for name in await _new(reader, table)]
            known = {*source.ignore.tables, *(table.table for table in source.tables)}
            remarks += [f"{source.title}: table {name!r} is new" for name in await reader.tables() if name not in known]
    except IdentityError as fault:
        problems.append(str(fault))
    return SourceCheck(system=source.name, problems=tuple(problems), remarks=tuple(remarks))


async def _check_table(reader: DatabaseReader, source: Source, table: Table) -> list[str]:
    try:
        schema: pa.Schema = await reader.schema(table)
        map_rows(source, table, schema.empty_table(), b"")
    except SourceContractError as fault:
        return [str(fault)]
    return []


async def _new(reader: DatabaseReader, table: Table) -> tuple[str, ...]:
    try:
        return await reader.undeclared(table)
    except SourceContractError:
        return ()  # told already, as a problem
