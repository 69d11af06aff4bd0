"""A table of a source file: which rows of one database become which records, and by what expressions."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

import pyarrow as pa
from pydantic import BeforeValidator, Field, model_validator

from graph.identifiers import KINDS as IDENTIFIER_KINDS
from ingest.contracts.columns import columns_of
from ingest.contracts.topics import TOPICS, Contracts, versions_of
from ingest.declared import DataClass, Declared, Duration, Name, Names, Share, Sql, as_list
from ingest.expressions import Choice, Expression, columns_in, find_problems
from ingest.fields import Scale
from ingest.folder import Dialect
from ingest.kinds import COMPUTED, KINDS, FieldType, RecordKind
from ingest.rest import Resource, Webhook

WRITTEN_KINDS = frozenset(name for name, kind in IDENTIFIER_KINDS.items() if not kind.derived)  # by sources
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
SECRET_WORDS = frozenset({"password", "passwd", "pwd", "secret", "otp", "cvv", "cvc", "token"})
ABOUT = frozenset({("alert", "about"), ("case", "about")})  # what may be about anything
TAX_WORDS = frozenset({"kra", "tax"})  # whose PIN is a number that one gives to everybody


class ValueOf(Declared):
    """An identifier, with the source's own dates of it if the table has them.

    Written as the value's expression alone, or as ``{value = '"Phone"', from = '"PhoneSince"', to = '"PhoneUntil"'}``;
    ``{values = '...'}`` is an expression that gives a list of them.
    """

    value: Sql
    many: bool = False
    source_from: Sql | None = Field(None, alias="from")
    source_to: Sql | None = Field(None, alias="to")

    @model_validator(mode="before")
    @classmethod
    def _from_expression(cls, said: Any) -> Any:
        if isinstance(said, str):
            return {"value": said}
        if isinstance(said, dict) and "values" in said:
            return {
                "value": said["values"],
                "many": True,
                **{name: it for name, it in said.items() if name != "values"},
            }
        return said


Values = Annotated[tuple[ValueOf, ...], BeforeValidator(as_list)]


class KeyOf(Declared):
    """Another row by that row's own id: of the same source, or of the ``system`` that shares its ids with this one."""

    entity: Name
    id: Sql
    system: Name | None = None
    hide: bool = False  # as the entity's own table says


# The first of them that is not NULL; of a field that names several records all, and each expression gives a list.
Keys = Annotated[tuple[KeyOf, ...], BeforeValidator(as_list)]


class NumberOf(Declared):
    """Something in any source, by a number that only some system knows."""

    field: str
    to: Literal["transaction.reference", "account.number", "customer.number", "customer.national_id"]
    value: Sql
    system: Name | None = None


class Table(Declared):
    """One table of a source, and the records that its rows become.

    Two tables may tell the same records, a polled one and a stream: the second names the first as its ``entity``.

    A customer's ``map.source_version`` is the source's own order of a row's versions (a log position, a counter) as an
    integer: where there is one, an older version is told from a newer one by it, else by ``map.updated_at``.
    """

    name: Name  # the entity in keys, unless another is named
    entity: Name | None = None
    kind: str
    table: str = Field(alias="from")
    schema_name: str | None = Field(None, alias="schema")
    place: Name | None = None  # one of the source's further places
    resource: Resource = Resource()  # of one that is read over HTTP
    webhook: Webhook | None = None  # of one that the source tells of by itself, too
    events: Names = ()  # of a topic: the types of event that are rows of this table
    key: str
    watermark: Names = ()  # the first of them that is not NULL; without one every poll reads the whole table
    rescan: Duration | None = None  # how often the whole table is read, because its watermark lies
    deletes: Duration | None = None  # how often its keys are read, because rows are deleted
    columns: Mapping[str, DataClass]
    ignore: tuple[str, ...] = ()  # columns that are known and not read
    dialect: Dialect = Dialect()  # of CSV files
    where: Sql | None = None  # rows of which it is not true are no concern of this table
    each: Sql | None = None  # a list: each of its items, named item, is a row of its own
    id: Sql | None = None  # of the record, where it is not the row's key
    hide: bool = False  # its ids are personal data: a keyed hash stands in every key in their place
    scale: Scale | None = None  # of raw_score
    map: Mapping[str, Sql] = Field(default_factory=dict)
    keys: Mapping[str, Keys] = Field(default_factory=dict)
    references: tuple[NumberOf, ...] = ()
    identifiers: Mapping[str, Values] = Field(default_factory=dict)
    claims: Mapping[str, Values] = Field(default_factory=dict)  # identifiers that nobody verified
    attributes: Mapping[Name, Sql] = Field(default_factory=dict)
    decode: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)  # closed lists: field -> said -> meant
    expect: Mapping[str, Share] = Field(default_factory=dict)  # at least this share of rows has the field

    @property
    def record_kind(self) -> RecordKind:
        return KINDS[self.kind]

    @property
    def required(self) -> frozenset[str]:
        """Without which a row is no record: a score is somebody's, if not by a key then by a number."""
        whose = {"customer"} if self.kind == "score" and not self.references else frozenset()
        return self.record_kind.required | whose

    @property
    def key_entity(self) -> str:
        """The entity in the keys of its records."""
        return self.entity or self.name

    @cached_property
    def contracts(self) -> Contracts:
        """Those of the events that it reads, in all their versions."""
        found = versions_of(TOPICS.get(self.table, ())).items()
        return tuple(dict.fromkeys(contract for (event_type, _), contract in found if event_type in self.events))

    @cached_property
    def event_columns(self) -> pa.Schema:
        """What its events say, typed."""
        return columns_of(self.contracts)

    @property
    def choice(self) -> Choice:
        return Choice(self.where, self.each)

    @cached_property
    def expressions(self) -> tuple[Expression, ...]:
        """Every expression of the table, in a fixed order, named by its place in the file."""
        return tuple(self._expressions())

    def _expressions(self) -> Iterator[Expression]:
        yield Expression("key", self.id or f'"{self.key}"', FieldType.RAW)
        for name, sql in self.map.items():
            yield Expression(f"map.{name}", sql, self.record_kind.fields[name])
        for name, targets in self.keys.items():
            for n, target in enumerate(targets):
                several = name in self.record_kind.several
                yield Expression(f"keys.{name}.{n}", target.id, FieldType.RAWS if several else FieldType.RAW)
        for n, number in enumerate(self.references):
            yield Expression(f"references.{n}", number.value, FieldType.TEXT)
        for part, kinds in (("identifiers", self.identifiers), ("claims", self.claims)):
            for name, values in kinds.items():
                for n, said in enumerate(values):
                    yield from _value_expressions(f"{part}.{name}.{n}", said)
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
        unheard = list(self._unknown_events())
        yield from unheard
        if self.entity is not None and self.entity not in entities:
            yield f"entity: {self.entity!r} is no [[table]] of this source"
        yield from (
            f"keys.{name}.entity: {target.entity!r} is no [[table]] of this source"
            for name, targets in self.keys.items()
            for target in targets
            if target.system is None and target.entity not in entities
        )
        if not (unknown or unheard):
            yield from self._wrong_columns()

    def resource_problems(self) -> Iterator[str]:
        """What is wrong with a table that is read over HTTP."""
        if (self.resource.since is not None) != bool(self.watermark):
            yield "resource.since: goes together with a watermark"
        for name in (*self.resource.nested, *self.resource.optional):
            if name not in self.columns:
                yield f"resource: {name!r} is none of its columns"

    def _unknown_events(self) -> Iterator[str]:
        if not self.events:
            return
        if self.table not in TOPICS:
            yield f"from: {self.table!r} is none of the topics that there are contracts for: {_listed(TOPICS)}"
            return
        known = {event_type for event_type, _ in versions_of(TOPICS[self.table])}
        yield from (f"events: {name!r} is not one of {_listed(known)}" for name in self.events if name not in known)
        if known.issuperset(self.events):
            said = {*self.event_columns.names}
            yield from (f"columns.{name}: its events do not say it" for name in self.columns if name not in said)
        if self.watermark or self.rescan or self.deletes:
            yield "watermark, rescan, deletes: are for tables that are polled; a topic is read from where it was left"

    def _unknown_fields(self, kind: RecordKind) -> Iterator[str]:
        customer = WRITTEN_KINDS if kind.is_customer else ()
        for part, given, known in (
            ("map", self.map, kind.fields),
            ("keys", self.keys, kind.keys),
            ("references", [number.field for number in self.references], kind.references),
            ("identifiers", self.identifiers, customer),
            ("claims", self.claims, customer),
            ("attributes", self.attributes, self.attributes if kind.is_customer else ()),
            ("decode", self.decode, {*self.map, *self.attributes}),
            ("expect", self.expect, {*self.map, *self.keys, *self.identifiers, *self.claims, *self.attributes}),
        ):
            yield from (f"{part}.{name}: unknown here; known: {_listed(known)}" for name in given if name not in known)
        for name, allowed in kind.closed.items():
            wrong = set(self.decode.get(name, {}).values()) - allowed
            if wrong:
                yield f"decode.{name}: {_listed(wrong)} is not one of {_listed(allowed)}"
        for number in self.references:
            if number.to.startswith("customer.") != (self.kind == "score") and (self.kind, number.field) not in ABOUT:
                yield f"references.{number.field}: of a {self.kind} it cannot lead to {number.to}"
        several = [name for name, many in kind.references.items() if not many]
        fields = [number.field for number in self.references]
        yield from (f"references: {name!r} can be given only once" for name in several if fields.count(name) > 1)

    def _missing_fields(self, kind: RecordKind) -> Iterator[str]:
        given = {*self.map, *self.keys, *(number.field for number in self.references)}
        yield from (f"map.{name}: a {self.kind} needs it" for name in sorted(self.required - given - COMPUTED))
        if FieldType.MONEY in {kind.fields.get(name) for name in self.map} and "currency" not in self.map:
            yield "map.currency: an amount needs it"
        if ("raw_score" in self.map) != (self.scale is not None):
            yield "scale: goes together with map.raw_score"

    def _wrong_columns(self) -> Iterator[str]:
        sqls = [sql for sql in (self.where, self.each, *(item.sql for item in self.expressions)) if sql]
        used = {self.key, *self.watermark}.union(*map(columns_in, sqls))
        yield from (f"columns.{name}: is used, so declare it and its class" for name in sorted(used - {*self.columns}))
        yield from (f"columns.{name}: nothing uses it; move it to ignore" for name in self.columns if name not in used)
        yield from (f"ignore: {name!r} is declared in columns too" for name in self.ignore if name in self.columns)
        yield from (
            f"columns.{name}: its name says that it holds a secret, which nobody may read; move it to ignore"
            for name in self.columns
            if is_secret(name)
        )
        if used <= {*self.columns}:
            types = self.event_columns if self.events else None
            yield from find_problems(self.expressions, tuple(self.columns), self.choice, types)


def is_secret(column: str) -> bool:
    """Whether a column's name says password, PIN, token or key of an API; the PIN of a tax office is none."""
    words = [word.lower() for word in WORD.findall(column)]
    pairs = list(zip(words, [*words[1:], ""], strict=True))
    return (
        not SECRET_WORDS.isdisjoint(words)
        or ("api", "key") in pairs
        or ("pin" in words and TAX_WORDS.isdisjoint(words))
    )


def _value_expressions(place: str, said: ValueOf) -> Iterator[Expression]:
    yield Expression(place, said.value, FieldType.RAWS if said.many else FieldType.RAW)
    if said.source_from:
        yield Expression(f"{place}.from", said.source_from, FieldType.INSTANT)
    if said.source_to:
        yield Expression(f"{place}.to", said.source_to, FieldType.INSTANT)


def _listed(names: Any) -> str:
    return ", ".join(sorted(names)) or "nothing"
