"""A source file: one TOML in ingest/sources/ is one system, and all that the product knows of it.

The folder is the registry. Every problem of every file is told at once, with its file and field, before anything is
read from anybody.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from graph.identifiers import KINDS as IDENTIFIER_KINDS
from ingest.errors import ConfigError
from ingest.expressions import Expression, columns_in, find_problems
from ingest.fields import Scale
from ingest.kinds import COMPUTED, KINDS, FieldType, RecordKind

SOURCES = Path(__file__).parent / "sources"
WRITTEN_KINDS = frozenset(name for name, kind in IDENTIFIER_KINDS.items() if not kind.derived)  # by sources
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _read_duration(value: Any) -> timedelta:
    found = re.fullmatch(r"(\d+)([smhd])", value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("write a duration as a number and a unit: 30s, 5m, 24h, 7d")
    return timedelta(**{UNITS[found[2]]: int(found[1])})


def _known_zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError("is no IANA time zone such as UTC or Africa/Nairobi")
    return value


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


Duration = Annotated[timedelta, BeforeValidator(_read_duration)]
Sql = Annotated[str, Field(min_length=1)]
Names = Annotated[tuple[str, ...], BeforeValidator(_as_list)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
DataClass = Literal["pii", "financial", "compliance", "operational"]


class Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class ValueOf(Declared):
    """An identifier, with the source's own dates of it if the table has them.

    Written as the value's expression alone, or as ``{value = '"Phone"', from = '"PhoneSince"', to = '"PhoneUntil"'}``.
    """

    value: Sql
    source_from: Sql | None = Field(None, alias="from")
    source_to: Sql | None = Field(None, alias="to")

    @model_validator(mode="before")
    @classmethod
    def _from_expression(cls, said: Any) -> Any:
        return {"value": said} if isinstance(said, str) else said


Values = Annotated[tuple[ValueOf, ...], BeforeValidator(_as_list)]


class KeyOf(Declared):
    """Another row of the same source, by that row's own key."""

    entity: Name
    id: Sql


class NumberOf(Declared):
    """Something in any source, by a number that only some system knows."""

    field: str
    to: Literal["transaction.reference", "account.number"]
    value: Sql
    system: Name | None = None


class Table(Declared):
    """One table of a source, and the records that its rows become.

    A customer's ``map.source_version`` is the source's own order of a row's versions (a log position, a counter) as an
    integer: where there is one, an older version is told from a newer one by it, else by ``map.updated_at``.
    """

    name: Name  # the entity in keys
    kind: str
    table: str = Field(alias="from")
    schema_name: str | None = Field(None, alias="schema")
    key: str
    watermark: Names  # the first of them that is not NULL
    columns: Mapping[str, DataClass]
    ignore: tuple[str, ...] = ()  # columns that are known and not read
    scale: Scale | None = None  # of raw_score
    map: Mapping[str, Sql] = Field(default_factory=dict)
    keys: Mapping[str, KeyOf] = Field(default_factory=dict)
    references: tuple[NumberOf, ...] = ()
    identifiers: Mapping[str, Values] = Field(default_factory=dict)
    claims: Mapping[str, Values] = Field(default_factory=dict)  # identifiers that nobody verified
    attributes: Mapping[Name, Sql] = Field(default_factory=dict)
    decode: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)  # closed lists: field -> said -> meant

    @property
    def record_kind(self) -> RecordKind:
        return KINDS[self.kind]

    @cached_property
    def expressions(self) -> tuple[Expression, ...]:
        """Every expression of the table, in a fixed order, named by its place in the file."""
        return tuple(self._expressions())

    def _expressions(self) -> Iterator[Expression]:
        yield Expression("key", f'"{self.key}"', FieldType.RAW)
        for name, sql in self.map.items():
            yield Expression(f"map.{name}", sql, self.record_kind.fields[name])
        for name, target in self.keys.items():
            yield Expression(f"keys.{name}", target.id, FieldType.RAW)
        for n, number in enumerate(self.references):
            yield Expression(f"references.{n}", number.value, FieldType.TEXT)
        for part, kinds in (("identifiers", self.identifiers), ("claims", self.claims)):
            for name, values in kinds.items():
                for n, said in enumerate(values):
                    yield Expression(f"{part}.{name}.{n}", said.value, FieldType.RAW)
                    if said.source_from:
                        yield Expression(f"{part}.{name}.{n}.from", said.source_from, FieldType.INSTANT)
                    if said.source_to:
                        yield Expression(f"{part}.{name}.{n}.to", said.source_to, FieldType.INSTANT)
        for name, sql in self.attributes.items():
            yield Expression(f"attributes.{name}", sql, FieldType.TEXT)

    def problems(self, entities: frozenset[str]) -> Iterator[str]:
        """What is wrong with the table beyond the form of its fields; ``entities`` are the source's tables."""
        kind = KINDS.get(self.kind)
        if kind is None:
            yield f"kind: {self.kind!r} is not one of {_listed(KINDS)}"
            return
        unknown = list(self._unknown_fields(kind))
        yield from unknown
        yield from self._missing_fields(kind)
        yield from (
            f"keys.{name}.entity: {target.entity!r} is no [[table]] of this source"
            for name, target in self.keys.items()
            if target.entity not in entities
        )
        if not unknown:
            yield from self._wrong_columns()

    def _unknown_fields(self, kind: RecordKind) -> Iterator[str]:
        for part, given, known in (
            ("map", self.map, kind.fields),
            ("keys", self.keys, kind.keys),
            ("references", [number.field for number in self.references], kind.references),
            ("identifiers", self.identifiers, WRITTEN_KINDS if kind.is_customer else ()),
            ("claims", self.claims, WRITTEN_KINDS if kind.is_customer else ()),
            ("attributes", self.attributes, self.attributes if kind.is_customer else ()),
            ("decode", self.decode, {*self.map, *self.attributes}),
        ):
            yield from (f"{part}.{name}: unknown here; known: {_listed(known)}" for name in given if name not in known)
        for name, allowed in kind.closed.items():
            wrong = set(self.decode.get(name, {}).values()) - allowed
            if wrong:
                yield f"decode.{name}: {_listed(wrong)} is not one of {_listed(allowed)}"
        several = [name for name, many in kind.references.items() if not many]
        fields = [number.field for number in self.references]
        yield from (f"references: {name!r} can be given only once" for name in several if fields.count(name) > 1)

    def _missing_fields(self, kind: RecordKind) -> Iterator[str]:
        given = {*self.map, *self.keys, *(number.field for number in self.references)}
        yield from (f"map.{name}: a {self.kind} needs it" for name in sorted(kind.required - given - COMPUTED))
        if FieldType.MONEY in {kind.fields.get(name) for name in self.map} and "currency" not in self.map:
            yield "map.currency: an amount needs it"
        if ("raw_score" in self.map) != (self.scale is not None):
            yield "scale: goes together with map.raw_score"

    def _wrong_columns(self) -> Iterator[str]:
        used = {self.key, *self.watermark}.union(*(columns_in(item.sql) for item in self.expressions))
        yield from (f"columns.{name}: is used, so declare it and its class" for name in sorted(used - {*self.columns}))
        yield from (f"columns.{name}: nothing uses it; move it to ignore" for name in self.columns if name not in used)
        yield from (f"ignore: {name!r} is declared in columns too" for name in self.ignore if name in self.columns)
        if used <= {*self.columns}:
            yield from find_problems(self.expressions, tuple(self.columns))


class Ignored(Declared):
    tables: tuple[str, ...] = ()


class Source(Declared):
    """One system. Its DSN is no part of it: settings give that by ``name``."""

    name: Name
    title: str
    number: int  # in the bank's inventory
    engine: Literal["postgresql"]
    pattern: Literal["database"]
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")]  # ISO 3166: whose identifiers it holds
    timezone: Annotated[str, AfterValidator(_known_zone)]  # of its naive times
    trust: Annotated[float, Field(ge=0, le=1)]
    every: Duration
    overlap: Duration
    tables: Annotated[tuple[Table, ...], Field(alias="table", min_length=1)]
    ignore: Ignored = Ignored()

    def problems(self) -> Iterator[str]:
        names = [table.name for table in self.tables]
        yield from (f"table {name}: there are two of this name" for name in sorted(set(names)) if names.count(name) > 1)
        for table in self.tables:
            yield from (f"table {table.name}: {problem}" for problem in table.problems(frozenset(names)))


def load_sources(folder: Path = SOURCES) -> dict[str, Source]:
    """All sources by name. Raises ConfigError with every problem of every file."""
    sources: dict[str, Source] = {}
    problems: list[str] = []
    for file in sorted(folder.glob("*.toml")):
        found = _read_source(file)
        if isinstance(found, Source):
            sources[found.name] = found
        else:
            problems += (f"{file.name}: {problem}" for problem in found)
    if problems:
        raise ConfigError("These source files are wrong:\n" + "\n".join(f"  - {problem}" for problem in problems))
    return sources


def _read_source(file: Path) -> Source | list[str]:
    try:
        source = Source.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        return [f"cannot be read: {fault}"]
    except ValidationError as fault:
        return [f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in fault.errors()]
    problems = list(source.problems())
    if source.name != file.stem:
        problems.append(f"name: is {source.name!r}, but the file is called {file.stem!r}")
    return problems or source


def _listed(names: Any) -> str:
    return ", ".join(sorted(names)) or "nothing"
