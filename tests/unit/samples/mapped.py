"""The sample bank's rows as the source files map them, without a database."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from ingest.mapping import Mapped, map_rows
from ingest.source import Source
from ingest.table import Table
from samples.population import Population
from samples.systems import SYSTEMS
from samples.tables import Row
from tests.unit.ingest.rows import SECRET

Place = tuple[str, str]  # a database and a table of it


def map_tables(population: Population, source: Source) -> dict[str, Mapped]:
    """By entity, what the rows of one system's databases become."""
    rows = _rows_of(population)
    return {
        table.name: map_rows(source, table, _typed(table, rows[source.place_of(table).database, table.table]), SECRET)
        for table in source.tables
        if not table.events
    }


def _rows_of(population: Population) -> Mapping[Place, Sequence[Row]]:
    return {
        (SYSTEMS[name].place_of(table).name, table.name): table.rows
        for name, tables in population.tables.items()
        for table in tables
    }


def _typed(table: Table, rows: Sequence[Row]) -> pa.Table:
    """A serial number counts the rows. A column that is NULL everywhere has no type, which fits any expression."""
    found = {name: [row.get(name) for row in rows] for name in table.columns}
    if rows and table.key not in rows[0]:
        found[table.key] = list(range(1, len(rows) + 1))
    return pa.table(found)
