"""Which identifier edges of a customer record open and close when it says something new, or leaves. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from graph.records import CustomerRecord, Departure, IdentifierValue
from graph.relationships import CLAIMS, HAD, HAS, relationship
from graph.resolution.names import canonical_name
from graph.resolution.reasons import ReasonCode
from ledger.entries import Evident

Row = dict[str, Any]
ON_EDGE = ("raw", "position", "source_from", "source_to")


class Told(NamedTuple):
    """How a record has a value from now on, and the source's own date of it."""

    what: Evident
    source_at: datetime | None


class Wanted(NamedTuple):
    """A value that a record has now; ``position`` is its place among the values of its kind, 0 first."""

    value: IdentifierValue
    position: int


@dataclass(slots=True)
class EvidenceChange:
    """Rows for the ``load_*`` statements, what the ledger is told, and what has to be looked at again."""

    values: dict[str, Row] = field(default_factory=dict)  # for load_identifiers, by key
    opened: list[Row] = field(default_factory=list)
    closed: list[Row] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)  # edges, by element id
    told: dict[tuple[str, str], Told] = field(default_factory=dict)  # by record and value
    moved: set[str] = field(default_factory=set)  # values with an edge that opened, closed, or was verified
    recount: set[str] = field(default_factory=set)  # values whose holders or holders' names changed


def compare_evidence(
    records: Iterable[CustomerRecord], stored: Mapping[str, Row], departed: Iterable[Departure] = ()
) -> EvidenceChange:
    """What new versions and departures change; ``stored`` are rows of load_stored_customers, by key."""
    change = EvidenceChange()
    for record in records:
        before = stored.get(record.key, {})
        holdings = {_name(row): row for row in before.get("holdings", ())}
        wanted = _wanted(record)
        at = record.updated_at or record.created_at
        _close(record.key, [row for name, row in holdings.items() if name not in wanted], at, change)
        _open(record.key, wanted, holdings, at, change)
        if before and before["canonical_name"] != canonical_name(record.full_name):
            change.recount |= {value.key for value in record.identifiers if value.verified}
    for departure in departed:
        _close(departure.key, stored[departure.key]["holdings"], departure.at, change)
    change.opened.sort(key=lambda row: (row["identifier"], row["key"]))
    return change


def _open(
    key: str,
    wanted: Mapping[tuple[str, str], Wanted],
    holdings: Mapping[tuple[str, str], Row],
    at: datetime | None,
    change: EvidenceChange,
) -> None:
    for (edge, identifier), (value, position) in wanted.items():
        row: Row = {
            "key": key,
            "identifier": identifier,
            "type": edge,
            "raw": value.raw,
            "position": position,
            "source_from": value.source_from,
            "source_to": value.source_to,
            "valid_from": None,  # from now on
            "step": None,
        }
        held = holdings.get((edge, identifier))
        if held is None:
            what = Evident.HELD if value.verified else Evident.CLAIMED
            change.told[key, identifier] = Told(what, value.source_from or at)
            _touch(edge, identifier, change)
        elif all(_native(held[name]) == row[name] for name in ON_EDGE):
            continue
        else:  # the same value, told in another way
            change.deleted.append(held["id"])
            row |= {"valid_from": held["valid_from"], "step": held["step"]}
        change.opened.append(row)
        if identifier not in change.values:
            change.values[identifier] = _value_row(value)


def _close(key: str, holdings: Iterable[Row], at: datetime | None, change: EvidenceChange) -> None:
    for held in holdings:
        edge, identifier = _name(held)
        change.deleted.append(held["id"])
        change.closed.append(
            {
                "key": key,
                "identifier": identifier,
                "type": HAD + edge.removeprefix(HAS).removeprefix(CLAIMS),
                "valid_from": held["valid_from"],
                "raw": held["raw"],
                "claimed": True if edge.startswith(CLAIMS) else None,
                "source_from": held["source_from"],
                "source_to": held["source_to"],
            }
        )
        change.told[key, identifier] = Told(Evident.ENDED, at)
        _touch(edge, identifier, change)


def _wanted(record: CustomerRecord) -> dict[tuple[str, str], Wanted]:
    """One edge per value: a verified one replaces a claim, and of two spellings the first is kept."""
    positions: dict[str, int] = {}
    of_kind: Counter[str] = Counter()
    for value in record.identifiers:
        if value.key not in positions:
            positions[value.key] = of_kind[value.kind]
            of_kind[value.kind] += 1
    wanted: dict[tuple[str, str], Wanted] = {}
    for value in sorted(record.identifiers, key=lambda value: not value.verified):
        has = (relationship(value.kind, HAS), value.key)
        if has not in wanted:
            name = has if value.verified else (relationship(value.kind, CLAIMS), value.key)
            wanted.setdefault(name, Wanted(value, positions[value.key]))
    return wanted


def _touch(edge: str, key: str, change: EvidenceChange) -> None:
    change.moved.add(key)
    if edge.startswith(HAS):
        change.recount.add(key)


def _name(row: Row) -> tuple[str, str]:
    return row["type"], row["identifier"]


def _native(stored: Any) -> Any:
    """Neo4j's times as Python's."""
    return stored.to_native() if hasattr(stored, "to_native") else stored


def _value_row(value: IdentifierValue) -> Row:
    return {
        "key": value.key,
        "kind": value.kind,
        "value": value.value,
        "masked": value.masked,
        "country": value.country,
        "placeholder": value.placeholder or None,
        "suppressed": ReasonCode.PLACEHOLDER.value if value.placeholder else None,
    }
