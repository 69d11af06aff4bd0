"""What a database says of a table's columns."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, inspect
from sqlalchemy import types as sql


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: sql.TypeEngine[Any]
    nullable: bool


def reflected_columns(
    connection: Connection, table: str, schema: str | None, held: Callable[[Any], sql.TypeEngine[Any]]
) -> list[Column]:
    """As SQLAlchemy reads them; ``held`` says what a type of the engine's own holds. Raises NoSuchTableError."""
    found = inspect(connection).get_columns(table, schema=schema)
    return [Column(str(it["name"]), held(it["type"]), bool(it["nullable"])) for it in found]
