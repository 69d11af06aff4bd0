"""The database that lives as long as one run: in memory, spilling to a directory of its own."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa

from graph.bulk.spill import open_spill

Tables = duckdb.DuckDBPyConnection

MEMORY_LIMIT = "1500MB"


@contextmanager
def open_tables() -> Iterator[Tables]:
    with (
        open_spill() as spill,
        duckdb.connect(":memory:", config={"memory_limit": MEMORY_LIMIT, "temp_directory": str(spill)}) as tables,
    ):
        yield tables


def add_table(tables: Tables, name: str, rows: pa.Table) -> None:
    """A table of that name with these columns and rows."""
    tables.from_arrow(rows).create(name)


def rows_of(schema: pa.Schema, rows: Sequence[tuple[object, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def ask(tables: Tables, statement: str, **parameters: Any) -> pa.Table:
    """What the statement selects."""
    return tables.sql(statement, params=parameters or None).to_arrow_table()


def count(tables: Tables, statement: str, **parameters: Any) -> int:
    """The one number that the statement answers; 0 for null."""
    [(number,)] = tables.sql(statement, params=parameters or None).fetchall()
    return int(number or 0)
