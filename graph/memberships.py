"""What a resolution changes: the difference between what the graph holds and what the rule says. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import TypeVar

from graph.resolution.model import Link, RefusedLink

Item = TypeVar("Item", Link, RefusedLink)
Target = TypeVar("Target", str, str | None)
_in_order = attrgetter("identifier", "a", "b")


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """All there is to say about a set of records and the customers named after them."""

    memberships: Mapping[str, str] = field(default_factory=dict)  # key of a record → GCID
    links: frozenset[Link] = frozenset()
    refusals: frozenset[RefusedLink] = frozenset()
    customers: Mapping[str, str] = field(default_factory=dict)  # GCID → hash of its status and golden record
    mergers: Mapping[str, str] = field(default_factory=dict)  # GCID without members → GCID that answers for it
    heirs: Mapping[str, str | None] = field(default_factory=dict)  # key of a ghost → key of its heir, or None


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
    heirs_dropped: tuple[tuple[str, str | None], ...]  # (record that returned, heir)
    heirs_named: tuple[tuple[str, str | None], ...]  # (ghost, heir); without one its id is closed

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
        heirs_dropped=_pairs(held.heirs, said.heirs),
        heirs_named=_pairs(said.heirs, held.heirs),
    )


def lead_on(gcids: Iterable[str], memberships: Mapping[str, str], homes: Mapping[str, str | None]) -> dict[str, str]:
    """Of ``gcids`` those that name no customer but are answered: each with the GCID that answers for it.

    ``homes`` has by birth id the present record that bears it, or that is the heir of who bore it; None: it is closed.
    """
    current = set(memberships.values())
    found = ((gcid, homes[gcid]) for gcid in gcids if gcid not in current)
    return {gcid: memberships[home] for gcid, home in found if home is not None}


def _pairs(left: Mapping[str, Target], right: Mapping[str, Target]) -> tuple[tuple[str, Target], ...]:
    return tuple(sorted(left.items() - right.items(), key=lambda pair: pair[0]))


def _edges(left: frozenset[Item], right: frozenset[Item]) -> tuple[Item, ...]:
    return tuple(sorted(left - right, key=_in_order))
