"""The laws of identity as they can be told of one customer, one record or one decision at a time. Pure."""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from graph.client import Row
from graph.deltas import INTO
from graph.records import PartyType
from graph.remembered import GONE, Values, link_identifier
from graph.resolution.components import Components
from graph.resolution.conflicts import find_conflicts
from graph.resolution.model import SAME_KIND, Evidence, Link, Verdict
from graph.resolution.policy import Policy
from graph.stored import EPOCH
from ledger import history
from ledger.decisions import Decision
from ledger.entries import Evident
from ledger.state import Golden, RecordState

MICROSECOND = timedelta(microseconds=1)
TYPED = "read_linked_equals_memberships"  # the statement by which a person sees the law LINKED in Neo4j Browser


class Law(StrEnum):
    ONE_MEMBERSHIP = "every record resolves to exactly one customer"
    LINKED = "components over LINKED are the customers"
    FOUNDER = "a customer is named by the lowest rank among its members and the ghosts that they answer for"
    STATUS = "a customer is current while it has members, and then leads to where its record, or its heir, lives"
    CONFLICT = "no customer holds two conflicting records"
    DIFFERENT = "no customer holds records that a decision holds apart"
    SUPPRESSED = "a value links nobody exactly where policy and stewards say so"
    ISSUED = "every id ever issued leads to a customer or to its end"
    RESOLVED = "no resolution is due"
    RECORDS = "the graph's records are the ledger's"
    MEMBERSHIPS = "the graph's memberships are the ledger's"
    EVIDENCE = "the graph's identifier edges are the ledger's"
    HEIRS = "the graph's heirs are the ledger's"
    LINKS = "the graph's links are the ledger's"
    CUSTOMERS = "the graph's customers say what the ledger says"
    DECISIONS = "the graph's decisions are those that stand in the ledger"
    COPY = "the relational copy says what the graph says"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A law that does not hold, and for whom: the id of a record, customer, value or decision, which says nothing."""

    law: Law
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What the ledger says of some records besides their state, by birth id."""

    customers: Mapping[str, str] = field(default_factory=dict)
    held: Iterable[history.Held] = ()
    heirs: Mapping[str, str | None] = field(default_factory=dict)
    links: Iterable[history.Link] = ()
    values: Values = field(default_factory=dict)


def check_customer(row: Row, policy: Policy) -> Iterator[Finding]:
    """The laws about a customer; the row is one of ``verify_customers``."""
    gcid, members = row["key"], row["members"]
    if (row["status"], sorted(row["mergers"])) != _standing(row):
        yield Finding(Law.STATUS, gcid)
    if not members:
        return
    if not _is_one_component(members):
        yield Finding(Law.LINKED, gcid)
    if min(_claims(members))[1] != gcid:
        yield Finding(Law.FOUNDER, gcid)
    if policy.judge and _conflict(members, policy):
        yield Finding(Law.CONFLICT, gcid)


def _standing(row: Row) -> tuple[str, list[str]]:
    """What the customer's status should be, and where it should lead."""
    if row["members"]:
        return "current", []
    lives = [gcid for end in row["answers"] if not end["gone"] for gcid in end["lives"]]
    return ("merged", sorted(lives)) if lives else ("erased" if row["erased"] else "closed", [])


def _is_one_component(members: list[Row]) -> bool:
    """Whether the members, and nobody else, are connected."""
    linked = Components(member["key"] for member in members)
    for member in members:
        for other, _ in member["linked"]:
            if other not in linked:
                return False
            linked.unite(member["key"], other)
    return len({linked.find(member["key"]) for member in members}) == 1


def _claims(members: Iterable[Row]) -> Iterator[tuple[int, str]]:
    for member in members:
        yield member["rank"], member["birth_id"]
        yield from ((rank, birth_id) for rank, birth_id in member["ghosts"])


def _conflict(members: list[Row], policy: Policy) -> bool:
    holders: dict[tuple[str, str, str | None], list[str]] = {}
    for member in members:
        for key, kind, country in member["exclusive"]:
            holders.setdefault((key, kind, country), []).append(member["key"])
    evidence = [Evidence(key=k, kind=kind, country=c, holders=tuple(held)) for (k, kind, c), held in holders.items()]
    sames = [
        Link(a=member["key"], b=other, kind=kind, identifier=kind, stage=0)
        for member in members
        for other, kind in member["linked"]
        if kind == SAME_KIND
    ]
    parties = {member["key"]: PartyType(member["party_type"]) for member in members}
    return find_conflicts(parties, evidence, sames, (), policy).any()


def check_records(records: Iterable[RecordState], rows: Iterable[Row], remembered: Remembered) -> Iterator[Finding]:
    """Records of the ledger against those of the graph; the rows are those of ``verify_records``."""
    held = {row["id"]: row for row in rows}
    told = _told_by_ledger(records, remembered)
    for birth_id, says in told.items():
        if (row := held.get(birth_id)) is None:
            yield Finding(Law.RECORDS, birth_id)
            continue
        if row["due"]:
            yield Finding(Law.RESOLVED, birth_id)
        if len(row["customers"]) != (not row["ghost"]) and not row["due"]:
            yield Finding(Law.ONE_MEMBERSHIP, birth_id)
        shown = _told_by_graph(row)
        yield from (Finding(law, birth_id) for law in shown if shown[law] != says[law])


Saying = dict[Law, set[Hashable]]


def _told_by_graph(row: Row) -> Saying:
    evidence = ((key, claimed, seconds * 1_000_000 + micro) for key, claimed, seconds, micro in row["evidence"])
    return {
        Law.RECORDS: {(row["rank"], row["ghost"], row["hash"])},
        Law.MEMBERSHIPS: set(row["customers"]),
        Law.EVIDENCE: set(evidence),
        Law.HEIRS: set(row["heirs"]),
        Law.LINKS: set(map(tuple, row["links"])),
    }


def _told_by_ledger(records: Iterable[RecordState], remembered: Remembered) -> dict[str, Saying]:
    told: dict[str, Saying] = {}
    for record in records:
        gone = record.presence in GONE
        told[record.birth_id] = {
            Law.RECORDS: {(record.rank, gone, None if gone else record.hash)},
            Law.MEMBERSHIPS: _known(remembered.customers.get(record.birth_id)),
            Law.EVIDENCE: set(),
            Law.HEIRS: _known(remembered.heirs.get(record.birth_id)),
            Law.LINKS: set(),
        }
    for held in remembered.held:
        value = remembered.values.get(held.value)
        since = (held.at - EPOCH) // MICROSECOND
        told[held.birth_id][Law.EVIDENCE].add((value.key if value else None, held.what is Evident.CLAIMED, since))
    for link in remembered.links:
        if link.a in told:
            identifier = link_identifier(link, remembered.values)
            told[link.a][Law.LINKS].add((link.b, identifier, link.stage, link.reason, link.inside, link.step))
    return told


def _keys(value: str | None, values: Values) -> tuple[str, ...]:
    return (values[value].key,) if value and value in values else ()


def _known(name: str | None) -> set[Hashable]:
    return {name} if name else set()


def check_goldens(goldens: Iterable[Golden], rows: Iterable[Row]) -> Iterator[Finding]:
    """Customers of the ledger against those of the graph; the rows are those of ``verify_goldens``."""
    shown = {row["id"]: (row["status"], row["hash"], row["into"]) for row in rows}
    for golden in goldens:
        into = [golden.said[INTO]] if INTO in golden.said else []
        if shown.get(golden.gcid) != (golden.said["status"], golden.said["hash"], into):
            yield Finding(Law.CUSTOMERS, golden.gcid)


def check_decisions(decisions: Iterable[Decision], values: Values, rows: Collection[Row]) -> Iterator[Finding]:
    """Standing decisions of the ledger against those of the graph; the rows are those of ``verify_decisions``."""
    told = {
        (it.id, it.verdict.value, it.field, it.left, it.right, _keys(it.value, values))
        for it in decisions
        if it.undoes is None  # an undo shows by what is not there
    }
    shown = {
        (row["key"], row["verdict"], row["field"], *(tuple(sorted(row[side])) for side in ("left", "right", "values")))
        for row in rows
    }
    yield from (Finding(Law.DECISIONS, str(number)) for number in {it[0] for it in told ^ shown})
    for row in rows:
        together = set(row["left_customers"]) & set(row["right_customers"])
        if row["verdict"] == Verdict.DIFFERENT and together:
            yield Finding(Law.DIFFERENT, str(row["key"]))
