"""The values that travel through the line: what a source said, typed and normalised, before it is a node or an edge.

Everything here is frozen and knows nothing of databases. Keys are text of the form ``system|entity|id``, where ``id``
is the source's own primary key, verbatim. Times are aware and in UTC; money is integer minor units with an ISO 4217
code.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any, get_args

from graph.business import BusinessRecord, Reference

Scalar = str | int | float | bool | date | datetime | None


def source_key(system: str, entity: str, source_id: str) -> str:
    """The key of anything that a source system names: ``system|entity|id``."""
    return f"{system}|{entity}|{source_id}"


class PartyType(StrEnum):
    PERSON = "person"
    COMPANY = "company"
    UNKNOWN = "unknown"


class Invalid(StrEnum):
    """Why a value did not become an identifier; part of the closed list of reason codes."""

    INVALID_VALUE = "invalid_value"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierValue:
    """One identifier of a record, normalised; ``raw`` is what the source wrote."""

    kind: str  # a name in graph.identifiers.KINDS, which is also the node's label
    value: str
    raw: str
    country: str | None = None  # the issuer, for kinds that are typed by country
    verified: bool = True  # an unverified value is a claim
    placeholder: bool = False  # has a node, links nobody
    masked: str = ""
    source_from: datetime | None = None  # the source's own dates of this value, where it tells them
    source_to: datetime | None = None

    @property
    def key(self) -> str:
        return "|".join(part for part in (self.kind, self.country, self.value) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvalidValue:
    """A value that could not be normalised: kept verbatim on the record, counted, links nobody."""

    kind: str
    raw: str
    reason: Invalid = Invalid.INVALID_VALUE


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRecord:
    """One customer row of one source system, as that system says it (``:SourceCustomer``)."""

    key: str
    party_type: PartyType = PartyType.UNKNOWN
    full_name: str | None = None
    birth_date: date | None = None
    identifiers: tuple[IdentifierValue, ...] = ()
    invalid: tuple[InvalidValue, ...] = ()
    created_at: datetime | None = None  # the source's own dates
    updated_at: datetime | None = None
    source_version: int | None = None  # the source's own order of versions (a log position, an offset)
    attributes: Mapping[str, Scalar] = field(
        default_factory=dict
    )  # status, kyc_status, … as the source's TOML maps them


SourceRecord = CustomerRecord | BusinessRecord


@dataclass(frozen=True, slots=True)
class Departure:
    """The source no longer has the row with this key, of this kind; ``at`` is the source's own date of it."""

    key: str
    at: datetime | None = None
    source_version: int | None = None
    kind: type[SourceRecord] = CustomerRecord


@dataclass(frozen=True, slots=True)
class Position:
    """How far a table of a source has been read: the (watermark, key) of the last row, both as text."""

    watermark: str | None
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What is loaded together: records of one table of one source, or their end, and the position after them.

    ``part`` is which part of the table the position is of, where it comes in parts, as files.
    """

    system: str
    table: str
    records: tuple[SourceRecord | Departure, ...]
    position: Position | None
    part: str | None = None


def system_of(key: str) -> str:
    return key.split("|", 1)[0]


def content_hash(record: SourceRecord) -> str:
    """A hash of everything a record says: equal hashes mean that a re-delivered row changes nothing."""
    parts: list[str] = []
    _spell(record, parts)
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()


# The names of the fields of each class that a record is made of: asking a class each time would take half the time.
_FIELDS: Mapping[type, tuple[str, ...]] = {
    kind: tuple(item.name for item in fields(kind))
    for kind in (*get_args(SourceRecord), IdentifierValue, InvalidValue, Reference)
}


def _spell(value: Any, parts: list[str]) -> None:
    if names := _FIELDS.get(type(value)):
        parts.append(type(value).__name__)
        for name in names:
            parts.append(name)
            _spell(getattr(value, name), parts)
    elif isinstance(value, Mapping):
        for name in sorted(value):
            parts.append(name)
            _spell(value[name], parts)
    elif isinstance(value, tuple):
        parts.append(str(len(value)))
        for item in value:
            _spell(item, parts)
    else:
        parts.append(f"{type(value).__name__}:{value}")
