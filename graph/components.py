"""Raw components as the graph holds them: read breadth first over values, claims and present memberships."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graph.client import Row
from graph.memberships import Properties, View
from graph.records import CustomerRecord, IdentifierValue, PartyType
from graph.resolution.model import Evidence, Link, Member, RefusedLink
from graph.resolution.reasons import ReasonCode

Read = Callable[..., Awaitable[list[Row]]]
CLAIM = "CLAIMS_"
BOOKKEEPING = frozenset({"gcid", "since", "step"})  # of a customer: when it was written, not what it says


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
    frontier = await read("resolve_expand", records=list(seeds), values=[], customers=[], known=[])
    statements = 1
    while frontier:
        rows.update((row["record"]["key"], row) for row in frontier)
        new_values = {value["key"] for row in frontier for value in row["evidence"] if _is_eligible(value)} - values
        new_customers = {gcid for row in frontier for gcid in row["customers"]} - customers
        if not new_values and not new_customers:
            break
        values |= new_values
        customers |= new_customers
        frontier = await read(
            "resolve_expand", records=[], values=list(new_values), customers=list(new_customers), known=list(rows)
        )
        statements += 1
    records = {key: _record(rows[key]) for key in sorted(rows)}
    return Region(records=records, held=_view(rows.values()), statements=statements)


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


def _is_eligible(value: Row) -> bool:
    return not value["placeholder"] and value["suppressed"] is None


def _record(row: Row) -> StoredRecord:
    record = row["record"]
    evidence = sorted(row["evidence"], key=lambda value: (value["key"], value["edge"]))
    return StoredRecord(
        said=CustomerRecord(
            key=record["key"],
            party_type=PartyType(record["party_type"]),
            full_name=record["full_name"],
            birth_date=_native(record["birth_date"]),
            updated_at=_native(record["updated_at"]),
            identifiers=tuple(map(_identifier, evidence)),
        ),
        birth_id=record["birth_id"],
        rank=record["rank"],
        marked=row["marked"],
        eligible=frozenset(value["key"] for value in evidence if _is_eligible(value)),
    )


def _identifier(value: Row) -> IdentifierValue:
    return IdentifierValue(
        kind=value["kind"],
        value=value["value"],
        raw=value["value"],
        country=value["country"],
        verified=not value["edge"].startswith(CLAIM),
        placeholder=bool(value["placeholder"]),
        masked=value["masked"],
    )


def _view(rows: Collection[Row]) -> View:
    own = [(row["own"]["gcid"], row) for row in rows if row["own"] is not None]
    return View(
        memberships={row["record"]["key"]: gcid for row in rows for gcid in row["customers"]},
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
        customers={gcid: _properties(row["own"]) for gcid, row in own},
        mergers={gcid: into for gcid, row in own for into in row["merged_into"]},
    )


def _properties(customer: Row) -> Properties:
    return {name: _native(value) for name, value in customer.items() if name not in BOOKKEEPING}


def _native(value: Any) -> Any:
    """Neo4j's own dates and times as Python's."""
    return value.to_native() if hasattr(value, "to_native") else value
