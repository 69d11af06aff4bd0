"""Which identifier edges of a customer record open and close when it says something new. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.records import CustomerRecord, IdentifierValue
from graph.relationships import CLAIMS, HAD, HAS, relationship
from graph.resolution.names import canonical_name

Row = dict[str, Any]


@dataclass(slots=True)
class EvidenceChange:
    """Rows for the ``load_*`` statements, and what has to be looked at again."""

    values: dict[str, Row] = field(default_factory=dict)  # for load_identifiers, by key
    opened: list[Row] = field(default_factory=list)
    closed: list[Row] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)  # edges, by element id
    moved: set[str] = field(default_factory=set)  # values with an edge that opened, closed, or was verified
    recount: set[str] = field(default_factory=set)  # values whose holders or holders' names changed


def compare_evidence(records: Iterable[CustomerRecord], stored: Mapping[str, Row]) -> EvidenceChange:
    """What the new versions of ``records`` change; ``stored`` are rows of load_stored_customers, by key."""
    change = EvidenceChange()
    for record in records:
        before = stored.get(record.key, {})
        _compare(record, {_name(row): row for row in before.get("holdings", ())}, change)
        if before and before["canonical_name"] != canonical_name(record.full_name):
            change.recount |= {value.key for value in record.identifiers if value.verified}
    change.opened.sort(key=lambda row: (row["identifier"], row["key"]))
    return change


def _compare(record: CustomerRecord, before: Mapping[tuple[str, str], Row], change: EvidenceChange) -> None:
    wanted = _wanted(record)
    for (edge, key), value in wanted.items():
        held = before.get((edge, key))
        if held is not None and held["raw"] == value.raw:
            continue
        row = {"key": record.key, "identifier": key, "type": edge, "raw": value.raw, "valid_from": None}
        if held is None:
            _touch(edge, key, change)
        else:  # the same value, written in another way
            change.deleted.append(held["id"])
            row["valid_from"] = held["valid_from"]
        change.opened.append(row)
        change.values[key] = _value_row(value)
    for edge, key in before.keys() - wanted.keys():
        held = before[edge, key]
        change.deleted.append(held["id"])
        change.closed.append(
            {
                "key": record.key,
                "identifier": key,
                "type": HAD + edge.removeprefix(HAS).removeprefix(CLAIMS),
                "valid_from": held["valid_from"],
                "raw": held["raw"],
                "claimed": True if edge.startswith(CLAIMS) else None,
            }
        )
        _touch(edge, key, change)


def _wanted(record: CustomerRecord) -> dict[tuple[str, str], IdentifierValue]:
    """One edge per value: a verified one replaces a claim, and of two spellings the first is kept."""
    wanted: dict[tuple[str, str], IdentifierValue] = {}
    for value in sorted(record.identifiers, key=lambda value: not value.verified):
        has = (relationship(value.kind, HAS), value.key)
        if has not in wanted:
            wanted.setdefault(has if value.verified else (relationship(value.kind, CLAIMS), value.key), value)
    return wanted


def _touch(edge: str, key: str, change: EvidenceChange) -> None:
    change.moved.add(key)
    if edge.startswith(HAS):
        change.recount.add(key)


def _name(row: Row) -> tuple[str, str]:
    return row["type"], row["identifier"]


def _value_row(value: IdentifierValue) -> Row:
    return {
        "key": value.key,
        "kind": value.kind,
        "value": value.value,
        "masked": value.masked,
        "country": value.country,
        "placeholder": value.placeholder or None,
    }
