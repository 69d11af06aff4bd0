"""Raw components as the graph holds them: read breadth first, closed over all that is and all that was.

Records are connected by eligible values, claims and standing *sames*; by present memberships, so that every record of
every customer met is here; and by HEIR, so that whoever answers for a record that left is here with it.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from graph.client import Row
from graph.identifiers import KINDS
from graph.memberships import View
from graph.records import IdentifierValue
from graph.resolution.derived import Derivation
from graph.resolution.eligibility import Eligibility
from graph.resolution.golden import Correction
from graph.resolution.model import Decision, Evidence, Link, Member, RefusedLink, Verdict
from graph.resolution.policy import Policy
from graph.resolution.reasons import ReasonCode
from graph.stored import (
    Ghost,
    StoredRecord,
    Told,
    Value,
    birth_date_of,
    corrections_of,
    ghost_of,
    links,
    links_claimants,
    record_of,
)

Read = Callable[..., Awaitable[list[Row]]]
LEFT = "left"  # a side of a decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """What a question supposes to be otherwise than it is; nothing of it is written.

    A departure, or another policy, may change what values may do: whoever supposes it says so in ``eligibility``, and
    for a policy in ``derived`` (`graph.resolve.Resolver.survey` does).
    """

    eligibility: Mapping[str, Eligibility] = field(default_factory=dict)  # of values, by key
    decisions: tuple[Decision, ...] = ()  # taken besides those that stand; records by key
    undone: frozenset[int] = frozenset()  # decisions that stand no more
    departed: frozenset[str] = frozenset()  # keys of records that left
    policy: Policy | None = None
    derived: Derivation | None = None  # instead of the derived identifiers that the graph holds


NOTHING = Overlay()


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Whole raw components, with all that the rule and the names of their customers depend on."""

    records: Mapping[str, StoredRecord]  # present ones, by key
    ghosts: Mapping[str, Ghost]  # those that left and whom a record here answers for, or answered for, by key
    decisions: tuple[Decision, ...]  # *same* and *different*, cut to the records here
    corrections: Mapping[str, Sequence[Correction]]  # by the key of the record or ghost that they concern
    held: View
    outside: Mapping[str, str]  # birth ids of records elsewhere to which a stored link leads, by key
    statements: int

    def nodes(self) -> Iterator[tuple[str, StoredRecord | Ghost]]:
        """Records and ghosts, by key."""
        yield from self.records.items()
        yield from self.ghosts.items()

    def birth_id(self, key: str) -> str:
        node = self.records.get(key) or self.ghosts.get(key)
        return node.birth_id if node else self.outside[key]


async def read_region(read: Read, seeds: Iterable[str], suppose: Overlay = NOTHING) -> Region:
    """Read the raw components of ``seeds``: one statement a hop, so as many as the widest of them is across.

    Values that link nobody are never expanded, so nothing here walks a hub. A refused link does not stop the
    expansion, because it goes over the values. What is supposed widens it and never narrows it: the region is whole
    both as things are and as they are supposed to be.
    """
    rows: dict[str, Row] = {}
    records, values, customers = set(seeds), set[str](), set[str]()
    supposed = _partners(suppose.decisions)
    frontier = await _expand(read, records=list(records))
    statements = 1
    while frontier:
        rows.update((row["key"], row) for row in frontier)
        claimed = {value.key: _reaches_claimants(value, suppose) for value in _linking(frontier, suppose)}
        new_values = claimed.keys() - values
        new_customers = {gcid for row in frontier for gcid in row["customers"]} - customers
        tied = {key for row in frontier for key in _tied(row, supposed)}
        new_records = tied.union(_sharing(frontier, suppose)) - records - rows.keys()
        if not (new_values or new_customers or new_records):
            break
        values |= new_values
        customers |= new_customers
        records |= new_records
        frontier = await _expand(
            read,
            records=list(new_records),
            values=list(new_values),
            claimed=[key for key in new_values if claimed[key]],
            customers=list(new_customers),
            known=list(rows),
        )
        statements += 1
    return _region([rows[key] for key in sorted(rows)], suppose, statements)


async def _expand(read: Read, **given: list[str]) -> list[Row]:
    nothing: dict[str, list[str]] = {"records": [], "values": [], "claimed": [], "customers": [], "known": []}
    found: list[Row] = (await read("resolve_expand", **{**nothing, **given}))[0]["records"]
    return found


def _partners(decisions: Iterable[Decision]) -> dict[str, set[str]]:
    partners: dict[str, set[str]] = {}
    for decision in decisions:
        if decision.verdict is Verdict.SAME:
            ends = decision.left | decision.right
            for end in ends:
                partners.setdefault(end, set()).update(ends - {end})
    return partners


def _linking(rows: Iterable[Row], suppose: Overlay) -> Iterator[Value]:
    """The values over which the records' raw components go on, as things are or as they are supposed to be."""
    for value in (Value(*told) for row in rows for told in row["evidence"]):
        if links(value, {}) or links(value, suppose.eligibility):
            yield value


def _reaches_claimants(value: Value, suppose: Overlay) -> bool:
    return links_claimants(value, {}) or links_claimants(value, suppose.eligibility)


def _tied(row: Row, supposed: Mapping[str, Collection[str]]) -> Iterator[str]:
    """The records by *same*, and those that answer for the record or that it answers for."""
    yield from (key for key, _ in row["tied"])
    if not row["ghost"]:  # what a steward said of a record sleeps while it is gone
        yield from row["sames"]
        yield from supposed.get(row["key"], ())


def _sharing(rows: Iterable[Row], suppose: Overlay) -> Iterator[str]:
    """The records that would hold a derived value that one of these would hold."""
    if suppose.derived is not None:
        present = (row for row in rows if not row["ghost"])
        derived = (suppose.derived.derive(row["full_name"], birth_date_of(row)) for row in present)
        for key in {value.key for values in derived for value in values}:
            yield from suppose.derived.shared.get(key, ())


def _region(rows: Sequence[Row], suppose: Overlay, statements: int) -> Region:
    gone = {row["key"] for row in rows if row["ghost"]} | suppose.departed
    corrections = {row["key"]: [it for it in corrections_of(row) if it.id not in suppose.undone] for row in rows}
    present = [row for row in rows if row["key"] not in gone]
    return Region(
        records={row["key"]: _record(row, suppose) for row in present},
        ghosts={row["key"]: ghost_of(row) for row in rows if row["key"] in gone},
        decisions=_decisions(present, suppose),
        corrections={key: found for key, found in corrections.items() if found},
        held=_view(rows),
        outside={key: birth_id for row in rows for _, key, *_, birth_id in (*row["links"], *row["refusals"])},
        statements=statements,
    )


def _record(row: Row, suppose: Overlay) -> StoredRecord:
    record = record_of(row, suppose.eligibility)
    if suppose.derived is None:
        return record
    said = record.said
    written = [value for value in said.identifiers if not KINDS[value.kind].derived]
    derived = suppose.derived.derive(said.full_name, said.birth_date)
    return replace(
        record,
        said=replace(said, identifiers=(*written, *derived)),
        eligible=record.eligible.intersection(value.key for value in written).union(value.key for value in derived),
    )


def _decisions(rows: Collection[Row], suppose: Overlay) -> tuple[Decision, ...]:
    """Those with a present record here on both sides, in the order of the ledger; supposed ones as their ids say."""
    sides: dict[tuple[int, Verdict], tuple[set[str], set[str]]] = {}
    for row in rows:
        for told in (Told(*decision) for decision in row["decisions"]):
            if told.field is None and told.id not in suppose.undone:
                left, right = sides.setdefault((told.id, Verdict(told.verdict)), (set(), set()))
                (left if told.side == LEFT else right).add(row["key"])
    present = {row["key"] for row in rows}
    for added in suppose.decisions:
        sides[added.id, added.verdict] = (set(added.left & present), set(added.right & present))
    return tuple(
        Decision(id=id_, verdict=verdict, left=frozenset(left), right=frozenset(right))
        for (id_, verdict), (left, right) in sorted(sides.items())
        if left and right
    )


def _view(rows: Sequence[Row]) -> View:
    return View(
        memberships={row["key"]: gcid for row in rows for gcid in row["customers"]},
        links=frozenset(
            Link(a=a, b=b, kind=kind, identifier=identifier, stage=stage)
            for row in rows
            for a, b, kind, identifier, stage, _ in row["links"]
        ),
        refusals=frozenset(
            RefusedLink(a=a, b=b, kind=kind, identifier=identifier, reason=ReasonCode(reason), inside=inside)
            for row in rows
            for a, b, kind, identifier, reason, inside, _ in row["refusals"]
        ),
        customers={row["birth_id"]: row["own"] for row in rows if row["own"] is not None},
        mergers={row["birth_id"]: into for row in rows for into in row["merged_into"]},
        heirs=dict(_heirs(rows)),
    )


def _heirs(rows: Iterable[Row]) -> Iterator[tuple[str, str | None]]:
    """Who was named, by ghost or returned record. A ghost with a membership left since the last resolution."""
    for row in rows:
        heirs = [key for key, is_heir in row["tied"] if is_heir]
        yield from ((row["key"], heir) for heir in heirs)
        if row["ghost"] and not heirs and not row["customers"]:
            yield row["key"], None


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
