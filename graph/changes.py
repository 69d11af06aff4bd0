"""What of a delivery is new: delivered records against what is stored. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from graph.business import Reference
from graph.deliveries import Delivered, Delivery, Stamp, stamp
from graph.records import CustomerRecord, Departure, SourceRecord
from graph.rows import (
    REFERS_TO,
    Edge,
    edges_of,
    kind_of,
    named_by,
    numbers_of,
    references_of,
    references_to,
    stored_numbers,
)

Row = dict[str, Any]
Stored = Mapping[type[SourceRecord], Mapping[str, Row]]  # rows of the load_stored_* statements


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The records of a delivery that the graph does not have yet, and what is stored of their former versions."""

    written: Mapping[type[SourceRecord], Sequence[Delivered]]  # each sorted by key
    departed: Sequence[Departure]  # of customer records, which leave a ghost
    removed: Sequence[Departure]  # of others, which leave nothing, or a stub where others name them
    stored: Stored
    created: int
    changed: int  # also records that return
    erased: int  # left out: their keys were erased
    moved: bool  # whether the position is another than the stored one
    at: datetime | None = None  # what ended before is not current

    def __bool__(self) -> bool:
        return bool(self.created or self.changed or self.departed or self.removed or self.moved)

    def records(self) -> list[SourceRecord]:
        return [item.record for items in self.written.values() for item in items]

    def customers(self) -> list[CustomerRecord]:
        return [record for record in self.records() if isinstance(record, CustomerRecord)]

    def removed_ids(self) -> list[str]:
        """Nodes, by element id."""
        return [self.stored_of(departure)["id"] for departure in self.removed]

    def stored_of(self, record: SourceRecord | Departure) -> Row:
        return self.stored.get(kind_of(record), {}).get(record.key, {})


def compare(
    delivery: Delivery, stored: Stored, *, moved: bool, erased: Collection[str] = (), at: datetime | None = None
) -> Changes:
    """What of a delivery is news; ``erased`` are the keys that may not come back, ``at`` is now."""
    written: dict[type[SourceRecord], list[Delivered]] = {}
    created = changed = 0
    for kind, found in delivery.records.items():
        rows = stored[kind]
        written[kind] = [item for key, item in found.items() if key not in erased and _is_news(item, rows.get(key), at)]
        new = sum(not _is_known(rows.get(item.record.key)) for item in written[kind])
        created += new
        changed += len(written[kind]) - new
    leaving = [
        left
        for key, left in sorted(delivery.departures.items())
        if _leaves(left, stored.get(left.kind, {}).get(key), at)
    ]
    return Changes(
        written=written,
        departed=[left for left in leaving if left.kind is CustomerRecord],
        removed=[left for left in leaving if left.kind is not CustomerRecord],
        stored=stored,
        created=created,
        changed=changed,
        erased=len(delivery.records.get(CustomerRecord, {}).keys() & set(erased)),
        moved=moved,
        at=at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeChange:
    """How the edges that records say by themselves change."""

    opened: Sequence[Edge]
    deleted: Sequence[str]  # edges, by element id
    expected: Mapping[type[SourceRecord], Set[str]]  # keys at which they open, which may not have arrived
    freed: Set[str]  # nodes at which edges are deleted, by element id: stubs among them may be named by nobody now
    references: Mapping[str, Row]  # rows for load_references, by key
    touched: frozenset[str]  # keys of references to settle; those of numbers nobody refers to do not exist

    def without(self, erased: Set[str]) -> "EdgeChange":
        """None that leads to a customer record that was erased, which a stub would bring back."""
        return replace(
            self,
            opened=[edge for edge in self.opened if erased.isdisjoint((edge.start, edge.end))],
            expected={kind: keys - erased for kind, keys in self.expected.items()},
        )


def compare_edges(changes: Changes) -> EdgeChange:
    """Edges that open and end, among them those derived from references that a record no longer makes."""
    comparison = _Comparison()
    for record in changes.records():
        named = dict(references_of(record))
        stored = changes.stored_of(record)
        opened = comparison.compare(stored, (*edges_of(record, changes.at), *named))
        comparison.expect(opened, named_by(record))
        for edge in opened:
            if reference := named.get(edge):
                comparison.refer(reference)
        numbers = numbers_of(record) | stored_numbers(type(record), stored)
        comparison.touched.update(references_to(record.key, numbers))
    for departure in changes.removed:
        comparison.compare(changes.stored_of(departure), ())
    for departure in (*changes.removed, *changes.departed):
        numbers = stored_numbers(departure.kind, changes.stored_of(departure))
        comparison.touched.update(references_to(departure.key, numbers))
    return comparison.change()


class _Comparison:
    """Gathers what changes, record by record."""

    def __init__(self) -> None:
        self._opened: list[Edge] = []
        self._deleted: list[str] = []
        self._expected: defaultdict[type[SourceRecord], set[str]] = defaultdict(set)
        self._freed: set[str] = set()
        self._references: dict[str, Row] = {}
        self.touched: set[str] = set()

    def compare(self, stored: Row, edges: Iterable[Edge]) -> list[Edge]:
        """Answers the edges that open for one record."""
        wanted = dict.fromkeys(edges)
        if not stored:
            self._opened += wanted
            return list(wanted)
        before = {_edge(row): row for row in stored.get("edges", ())}
        for edge in before.keys() - wanted.keys():
            self._deleted.append(before[edge]["id"])
            if far := before[edge].get("far"):
                self._freed.add(far)
            if edge.type == REFERS_TO:
                self.touched.add(edge.end)
                self._deleted += [row["id"] for row in stored.get("derived", ()) if row["reference"] == edge.end]
        opened = [edge for edge in wanted if edge not in before]
        self._opened += opened
        return opened

    def expect(self, opened: Iterable[Edge], named: Mapping[str, type[SourceRecord]]) -> None:
        for edge in opened:
            for key in (edge.start, edge.end):
                if kind := named.get(key):
                    self._expected[kind].add(key)

    def refer(self, reference: Reference) -> None:
        self.touched.add(reference.key)
        self._references[reference.key] = {
            "key": reference.key,
            "to": reference.to,
            "value": reference.value,
            "system": reference.system,
        }

    def change(self) -> EdgeChange:
        return EdgeChange(
            opened=self._opened,
            deleted=self._deleted,
            expected=self._expected,
            freed=self._freed,
            references=self._references,
            touched=frozenset(self.touched),
        )


def _edge(row: Row) -> Edge:
    return Edge(row["type"], row["start"], row["end"], row["role"], row.get("by"))


def _is_news(item: Delivered, stored: Row | None, now: datetime | None) -> bool:
    if stored is None or not _is_known(stored):
        return True
    if stamp(item.record).precedes(_stamp(stored, now)):
        return False
    return bool(stored["hash"] != item.content)  # of a ghost there is none: the record returns


def _leaves(departure: Departure, stored: Row | None, now: datetime | None) -> bool:
    if stored is None or stored["hash"] is None:  # unknown, referred to only, or gone already
        return False
    return not stamp(departure).precedes(_stamp(stored, now))


def _is_known(stored: Row | None) -> bool:
    """A stub has no hash; of a record that left, the ghost has none."""
    return stored is not None and (stored["hash"] is not None or bool(stored.get("ghost")))


def _stamp(stored: Row, now: datetime | None) -> Stamp:
    """A date that has not come yet is the mistake of a clock, and tells nothing of what is older."""
    at = stored["updated_at"].to_native() if stored["updated_at"] is not None else None
    if at and now and at > now:
        at = None
    return Stamp(source_version=stored.get("source_version"), at=at)
