"""Who may see what: the committed table ``access.toml``, checked when it is read.

A *right* is clear, masked or denied. What the table does not name is denied.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.tokens import Role

TABLE = "access.toml"


class Right(IntEnum):
    """The order is from less to more: the least of two rights is what both allow."""

    DENIED = 0
    MASKED = 1
    CLEAR = 2


def _every_role(said: object) -> object:
    return list(Role) if said == ["*"] else said


Roles = Annotated[frozenset[Role], BeforeValidator(_every_role)]


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rights(_Declared):
    """Which roles have which right; all others have none."""

    clear: Roles
    masked: Roles = frozenset()

    def of(self, role: Role) -> Right:
        if role in self.clear:
            return Right.CLEAR
        return Right.MASKED if role in self.masked else Right.DENIED


class ColumnRights(Rights):
    """``but``: classes of fields that show in clear what is masked elsewhere."""

    but: frozenset[str] = frozenset()

    def shown_as(self, role: Role, class_: str | None) -> Right:
        right = self.of(role)
        return Right.CLEAR if right is Right.MASKED and class_ in self.but else right


class _Table(_Declared):
    classes: Mapping[str, Rights]
    columns: Mapping[str, ColumnRights]
    fields: Mapping[str, str | Mapping[str, Sequence[str]]]
    endpoints: Mapping[str, str] = Field(default_factory=dict)


class AccessTableWrong(Exception):
    """One message that names every problem."""


@dataclass(frozen=True, slots=True, eq=False)
class Access:
    """The table, ready to be asked."""

    table: _Table
    by_field: Mapping[tuple[str, str], str]  # type and field -> class
    by_type: Mapping[str, str]  # pattern of types -> class of all their fields

    def class_of(self, type_: str, field: str) -> str | None:
        """The class of a field; None if the table does not know it."""
        if (type_, field) in self.by_field:
            return self.by_field[type_, field]
        return next((class_ for pattern, class_ in self.by_type.items() if fnmatchcase(type_, pattern)), None)

    def of_class(self, role: Role, class_: str) -> Right:
        return self.table.classes[class_].of(role)

    def of_field(self, role: Role, type_: str, field: str) -> Right:
        class_ = self.class_of(type_, field)
        return Right.DENIED if class_ is None else self.of_class(role, class_)

    def of_columns(self, role: Role, classes: Sequence[str], *, shown_as: str | None = None) -> Right:
        """What a role may see of a value that is made of columns of these classes, in a field of class ``shown_as``."""
        columns = self.table.columns
        rights = (columns[it].shown_as(role, shown_as) if it in columns else Right.DENIED for it in classes)
        return min(rights, default=Right.CLEAR)

    def of_endpoint(self, role: Role, path: str) -> Right:
        class_ = self.table.endpoints.get(path)
        return Right.DENIED if class_ is None else self.of_class(role, class_)


def parse_access(text: str) -> Access:
    """Raises AccessTableWrong for a class that is not declared and a field that has two, ValueError for worse."""
    table = _Table.model_validate(tomllib.loads(text))
    by_field: dict[tuple[str, str], str] = {}
    problems = [f"[endpoints] {path}: unknown class {class_}" for path, class_ in _strange(table, table.endpoints)]
    problems += [f"[columns] {name}: unknown class {class_}" for name, class_ in _strange_exceptions(table)]
    by_type = {type_: said for type_, said in table.fields.items() if isinstance(said, str)}
    problems += [f"[fields] {type_}: unknown class {class_}" for type_, class_ in _strange(table, by_type)]
    for type_, said in table.fields.items():
        for class_, fields in () if isinstance(said, str) else said.items():
            if class_ not in table.classes:
                problems.append(f"[fields.{type_}]: unknown class {class_}")
            for field in fields:
                if (type_, field) in by_field:
                    problems.append(f"[fields.{type_}]: {field} has two classes")
                by_field[type_, field] = class_
    if problems:
        raise AccessTableWrong(f"{TABLE} is wrong:\n" + "\n".join(f"  - {problem}" for problem in problems))
    return Access(table, by_field, by_type)


def _strange(table: _Table, said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield from ((name, class_) for name, class_ in said.items() if class_ not in table.classes)


def _strange_exceptions(table: _Table) -> Iterator[tuple[str, str]]:
    for name, column in table.columns.items():
        yield from ((name, class_) for class_ in sorted(column.but) if class_ not in table.classes)


@cache
def load_access() -> Access:
    return parse_access(resources.files("api").joinpath(TABLE).read_text(encoding="utf-8"))
