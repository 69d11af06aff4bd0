"""What the graph holds of a record, as ``resolve_expand`` tells it, row by row. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from typing import NamedTuple

from graph.client import Row
from graph.records import CustomerRecord, IdentifierValue, PartyType
from graph.relationships import CLAIMS
from graph.resolution.eligibility import Eligibility
from graph.resolution.golden import Correction

EPOCH = datetime.fromtimestamp(0, UTC)
_in_order = attrgetter("position", "key")


class Value(NamedTuple):
    """A value that a record holds or claims, in the order in which ``resolve_expand`` tells it."""

    key: str
    edge: str  # the relationship's type
    kind: str
    value: str
    country: str | None
    masked: str
    placeholder: bool
    suppressed: bool
    crowded: bool
    position: int  # among the record's values of its kind: the source names the primary one first


class Told(NamedTuple):
    """A standing decision as one of the records that it concerns tells it."""

    id: int
    verdict: str
    side: str
    field: str | None  # of a correction, like the rest
    value: str | None
    at_seconds: int
    at_microsecond: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecord:
    """A present record as the graph holds it; ``birth_id`` is the GCID of the component that it founds."""

    said: CustomerRecord
    birth_id: str
    rank: int
    marked: bool
    due: int | None = None  # of a marked one: the step that made its resolution due
    eligible: frozenset[str]  # keys of its identifiers that may link


@dataclass(frozen=True, slots=True, kw_only=True)
class Ghost:
    """A record that left. Its id is answered by its heir, if it has one."""

    key: str
    birth_id: str
    rank: int
    marked: bool
    due: int | None = None
    erased: bool = False


def record_of(row: Row, supposed: Mapping[str, Eligibility]) -> StoredRecord:
    """``supposed`` says of identifiers, by key, what they may do, instead of what the graph says."""
    values = sorted((Value(*value) for value in row["evidence"]), key=_in_order)
    return StoredRecord(
        said=CustomerRecord(
            key=row["key"],
            party_type=PartyType(row["party_type"]),
            full_name=row["full_name"],
            birth_date=birth_date_of(row),
            updated_at=_updated_at(row),
            identifiers=tuple(map(_identifier, values)),
        ),
        birth_id=row["birth_id"],
        rank=row["rank"],
        marked=row["marked"],
        due=row["due"],
        eligible=frozenset(value.key for value in values if links(value, supposed)),
    )


def birth_date_of(row: Row) -> date | None:
    return date.fromisoformat(row["birth_date"]) if row["birth_date"] else None


def links(value: Value, supposed: Mapping[str, Eligibility]) -> bool:
    """Whether the value links the record that has it in this way with anybody."""
    suppressed = supposed[value.key].reason is not None if value.key in supposed else value.suppressed
    return not suppressed and (not value.edge.startswith(CLAIMS) or links_claimants(value, supposed))


def links_claimants(value: Value, supposed: Mapping[str, Eligibility]) -> bool:
    """Whether the value links records that claim it."""
    return not (supposed[value.key].crowded if value.key in supposed else value.crowded)


def ghost_of(row: Row) -> Ghost:
    return Ghost(
        key=row["key"],
        birth_id=row["birth_id"],
        rank=row["rank"],
        marked=row["marked"],
        due=row["due"],
        erased=row["erased"],
    )


def corrections_of(row: Row) -> list[Correction]:
    """What stewards say of the customer where the record, or who answers for it, lives."""
    told = (Told(*decision) for decision in row["decisions"])
    return [
        Correction(id=it.id, field=it.field, content=it.value, at=_instant(it.at_seconds, it.at_microsecond))
        for it in told
        if it.field is not None and it.value is not None
    ]


def _identifier(value: Value) -> IdentifierValue:
    return IdentifierValue(
        kind=value.kind,
        value=value.value,
        raw=value.value,
        country=value.country,
        verified=not value.edge.startswith(CLAIMS),
        placeholder=value.placeholder,
        masked=value.masked,
    )


def _updated_at(row: Row) -> datetime | None:
    seconds, microsecond = row["updated_seconds"], row["updated_microsecond"]
    return None if seconds is None else _instant(seconds, microsecond)


def _instant(seconds: int, microsecond: int) -> datetime:
    return EPOCH + timedelta(seconds=seconds, microseconds=microsecond)
