"""Raw components as the graph holds them: read breadth first over values, claims and present memberships."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from graph.client import Row
from graph.memberships import View
from graph.records import CustomerRecord, IdentifierValue, PartyType
from graph.resolution.model import Evidence, Link, Member, RefusedLink
from graph.resolution.reasons import ReasonCode

Read = Callable[..., Awaitable[list[Row]]]
CLAIM = "CLAIMS_"
EPOCH = datetime.fromtimestamp(0, UTC)


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

    @property
    def eligible(self) -> bool:
        return not self.placeholder and not self.suppressed


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecord:
    """A record as the graph holds it; ``birth_id`` is the GCID of the component that it founds."""

    said: CustomerRecord
    birth_id: str
    rank: int
    marked: bool
    eligible: frozenset[str]  # keys of its identifiers that may link: neither placeholders nor suppressed


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Whole raw components, closed over what is (values, claims) and over what was (present memberships)."""

    records: Mapping[str, StoredRecord]
    held: View
    statements: int


async def read_region(read: Read, seeds: Iterable[str]) -> Region:
    """Read the raw components of ``seeds``: one statement a hop, so as many as the widest of them is across.

    Values that link nobody are never expanded, so nothing here walks a hub. A refused link does not stop the
    expansion, because it goes over the values.
    """
    rows: dict[str, Row] = {}
    values: set[str] = set()
    customers: set[str] = set()
    frontier = await _expand(read, records=list(seeds))
    statements = 1
    while frontier:
        rows.update((row["key"], row) for row in frontier)
        met = [Value(*value) for row in frontier for value in row["evidence"]]
        new_values = {value.key for value in met if value.eligible} - values
        new_customers = {gcid for row in frontier for gcid in row["customers"]} - customers
        if not new_values and not new_customers:
            break
        values |= new_values
        customers |= new_customers
        frontier = await _expand(read, values=list(new_values), customers=list(new_customers), known=list(rows))
        statements += 1
    records = {key: _record(rows[key]) for key in sorted(rows)}
    return Region(records=records, held=_view(rows.values()), statements=statements)


async def _expand(read: Read, **given: list[str]) -> list[Row]:
    nothing: dict[str, list[str]] = {"records": [], "values": [], "customers": [], "known": []}
    found: list[Row] = (await read("resolve_expand", **{**nothing, **given}))[0]["records"]
    return found


def members_of(records: Iterable[StoredRecord]) -> list[Member]:
    return [
        Member(
            key=record.said.key,
            rank=record.rank,
            name=record.said.full_name,
            birth_date=record.said.birth_date,
            party_type=record.said.party_type,
        )
        for record in records
    ]


def evidence_of(records: Iterable[StoredRecord]) -> list[Evidence]:
    """The eligible values. In a region each has all its holders and claimants, so nothing is counted too low."""
    values: dict[str, IdentifierValue] = {}
    holders: dict[str, list[str]] = {}
    claimants: dict[str, list[str]] = {}
    for record in records:
        for value in record.said.identifiers:
            if value.key in record.eligible:
                values[value.key] = value
                (holders if value.verified else claimants).setdefault(value.key, []).append(record.said.key)
    return [
        Evidence(
            key=key,
            kind=value.kind,
            country=value.country,
            holders=tuple(holders.get(key, ())),
            claimants=tuple(claimants.get(key, ())),
        )
        for key, value in values.items()
    ]


def _record(row: Row) -> StoredRecord:
    evidence = [Value(*value) for value in sorted(row["evidence"])]
    return StoredRecord(
        said=CustomerRecord(
            key=row["key"],
            party_type=PartyType(row["party_type"]),
            full_name=row["full_name"],
            birth_date=date.fromisoformat(row["birth_date"]) if row["birth_date"] else None,
            updated_at=_instant(row["updated_seconds"], row["updated_microsecond"]),
            identifiers=tuple(map(_identifier, evidence)),
        ),
        birth_id=row["birth_id"],
        rank=row["rank"],
        marked=row["marked"],
        eligible=frozenset(value.key for value in evidence if value.eligible),
    )


def _identifier(value: Value) -> IdentifierValue:
    return IdentifierValue(
        kind=value.kind,
        value=value.value,
        raw=value.value,
        country=value.country,
        verified=not value.edge.startswith(CLAIM),
        placeholder=value.placeholder,
        masked=value.masked,
    )


def _instant(seconds: int | None, microsecond: int | None) -> datetime | None:
    if seconds is None or microsecond is None:
        return None
    return EPOCH + timedelta(seconds=seconds, microseconds=microsecond)


def _view(rows: Collection[Row]) -> View:
    return View(
        memberships={row["key"]: gcid for row in rows for gcid in row["customers"]},
        links=frozenset(
            Link(a=a, b=b, kind=kind, identifier=identifier, stage=stage)
            for row in rows
            for a, b, kind, identifier, stage in row["links"]
        ),
        refusals=frozenset(
            RefusedLink(a=a, b=b, kind=kind, identifier=identifier, reason=ReasonCode(reason), inside=inside)
            for row in rows
            for a, b, kind, identifier, reason, inside in row["refusals"]
        ),
        customers={row["birth_id"]: row["own"] for row in rows if row["own"] is not None},
        mergers={row["birth_id"]: into for row in rows for into in row["merged_into"]},
    )
