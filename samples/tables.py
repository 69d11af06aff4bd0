"""Rows on their way into a source database."""

from collections.abc import Sequence
from dataclasses import dataclass

Row = dict[str, object]  # column -> value, columns in the order in which they are written


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one table, all with the same columns. Tables are loaded in the order that their foreign keys need.

    `database` is one of the system's further databases, `schema` one that its schema file creates.
    """

    name: str
    rows: Sequence[Row]
    database: str | None = None
    schema: str | None = None
