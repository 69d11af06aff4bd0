"""What a resolution changes: the difference between what the graph holds and what the rule says. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Self, TypeVar

from graph.resolution.model import Link, RefusedLink

Item = TypeVar("Item", Link, RefusedLink)
_in_order = attrgetter("identifier", "a", "b")


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """All there is to say about a set of records and the customers named after them."""

    memberships: Mapping[str, str] = field(default_factory=dict)  # key of a record → GCID
    links: frozenset[Link] = frozenset()
    refusals: frozenset[RefusedLink] = frozenset()
    customers: Mapping[str, str] = field(default_factory=dict)  # GCID → hash of its status and golden record
    mergers: Mapping[str, str] = field(default_factory=dict)  # GCID without members → GCID where its founder lives


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """What happened to customers and records, in the words of the history."""

    created: int = 0  # customers without an old member
    merged: int = 0  # customers in which several old ids meet, at least one of which ends
    split: int = 0  # old ids whose members diverge, at least one part under an id that was not current
    moved: int = 0  # records that change between two customers which both go on
    churn: int = 0  # records whose id changed

    def __add__(self, other: Self) -> Self:
        return type(self)(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What to write, sorted, so that equal differences are equal writes."""

    closed: tuple[tuple[str, str], ...]  # (record, GCID)
    opened: tuple[tuple[str, str], ...]
    links_closed: tuple[Link, ...]
    links_opened: tuple[Link, ...]
    refusals_closed: tuple[RefusedLink, ...]
    refusals_opened: tuple[RefusedLink, ...]
    customers: tuple[tuple[str, str], ...]  # (GCID, hash), new or different
    mergers_closed: tuple[tuple[str, str], ...]  # (from, into)
    mergers_opened: tuple[tuple[str, str], ...]

    def __bool__(self) -> bool:
        return any(getattr(self, f.name) for f in fields(self))


def compare(held: View, said: View) -> Difference:
    """What makes ``held`` (the graph) equal to ``said`` (the rule)."""
    return Difference(
        closed=_pairs(held.memberships, said.memberships),
        opened=_pairs(said.memberships, held.memberships),
        links_closed=_edges(held.links, said.links),
        links_opened=_edges(said.links, held.links),
        refusals_closed=_edges(held.refusals, said.refusals),
        refusals_opened=_edges(said.refusals, held.refusals),
        customers=_pairs(said.customers, held.customers),
        mergers_closed=_pairs(held.mergers, said.mergers),
        mergers_opened=_pairs(said.mergers, held.mergers),
    )


def lead_on(gcids: Iterable[str], memberships: Mapping[str, str], founders: Mapping[str, str]) -> dict[str, str]:
    """Of ``gcids`` those that name no customer: each with the GCID where its founder record now lives.

    ``founders`` names the record that bears a birth id.
    """
    current = set(memberships.values())
    return {gcid: memberships[founders[gcid]] for gcid in gcids if gcid not in current}


def count_events(old: Mapping[str, str], new: Mapping[str, str]) -> Events:
    """Count what happened between two maps from the same records to GCIDs; a new record has no old id."""
    before, after = set(old.values()), set(new.values())
    came_from: defaultdict[str, set[str]] = defaultdict(set)
    went_to: defaultdict[str, set[str]] = defaultdict(set)
    for record, gcid in new.items():
        if record in old:
            came_from[gcid].add(old[record])
            went_to[old[record]].add(gcid)
    changed = [(old[record], gcid) for record, gcid in new.items() if old.get(record, gcid) != gcid]
    return Events(
        created=sum(gcid not in came_from for gcid in after),
        merged=sum(len(ids) > 1 and not ids <= after for ids in came_from.values()),
        split=sum(len(ids) > 1 and not ids <= before for ids in went_to.values()),
        moved=sum(gone in after and gcid in before for gone, gcid in changed),
        churn=len(changed),
    )


def _pairs(left: Mapping[str, str], right: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(left.items() - right.items()))


def _edges(left: frozenset[Item], right: frozenset[Item]) -> tuple[Item, ...]:
    return tuple(sorted(left - right, key=_in_order))
