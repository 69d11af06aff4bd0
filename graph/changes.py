"""What of a delivery is new: delivered records against what is stored. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.deliveries import Delivered, Delivery, Stamp, stamp
from graph.records import CustomerRecord, Departure, SourceRecord
from graph.rows import REFERS_TO, Edge, edges_of, number_of, references_of, references_to

Row = dict[str, Any]
Stored = Mapping[type[SourceRecord], Mapping[str, Row]]  # rows of the load_stored_* statements


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The records of a delivery that the graph does not have yet, and what is stored of their former versions."""

    written: Mapping[type[SourceRecord], Sequence[Delivered]]  # each sorted by key
    departed: Sequence[Departure]
    stored: Stored
    created: int
    changed: int  # also records that return
    erased: int  # left out: their keys were erased
    moved: bool  # whether the position is another than the stored one

    def __bool__(self) -> bool:
        return bool(self.created or self.changed or self.departed or self.moved)

    def records(self) -> list[SourceRecord]:
        return [item.record for items in self.written.values() for item in items]

    def customers(self) -> list[CustomerRecord]:
        return [record for record in self.records() if isinstance(record, CustomerRecord)]

    def stored_of(self, record: SourceRecord | Departure) -> Row:
        kind = CustomerRecord if isinstance(record, Departure) else type(record)
        return self.stored.get(kind, {}).get(record.key, {})


def compare(delivery: Delivery, stored: Stored, *, moved: bool, erased: Collection[str] = ()) -> Changes:
    """What of a delivery is news; ``erased`` are the keys that may not come back."""
    written: dict[type[SourceRecord], list[Delivered]] = {}
    created = changed = 0
    for kind, found in delivery.records.items():
        rows = stored[kind]
        written[kind] = [item for key, item in found.items() if key not in erased and _is_news(item, rows.get(key))]
        new = sum(not _is_known(rows.get(item.record.key)) for item in written[kind])
        created += new
        changed += len(written[kind]) - new
    customers = stored.get(CustomerRecord, {})
    return Changes(
        written=written,
        departed=[left for key, left in sorted(delivery.departures.items()) if _leaves(left, customers.get(key))],
        stored=stored,
        created=created,
        changed=changed,
        erased=len(delivery.records.get(CustomerRecord, {}).keys() & set(erased)),
        moved=moved,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeChange:
    """How the edges that records say by themselves change."""

    opened: Sequence[Edge]
    deleted: Sequence[str]  # edges, by element id
    references: Mapping[str, Row]  # rows for load_references, by key
    touched: frozenset[str]  # keys of references to settle; those of numbers nobody refers to do not exist


def compare_edges(changes: Changes) -> EdgeChange:
    """Edges that open and end, among them those derived from references that a record no longer makes."""
    opened: list[Edge] = []
    deleted: list[str] = []
    references: dict[str, Row] = {}
    touched: set[str] = set()
    for record in changes.records():
        stored = changes.stored_of(record)
        before = {
            Edge(row["type"], row["start"], row["end"], row["role"]): row["id"] for row in stored.get("edges", ())
        }
        named = dict(references_of(record))
        wanted = dict.fromkeys((*edges_of(record), *named))
        opened += [edge for edge in wanted if edge not in before]
        for edge in before.keys() - wanted.keys():
            deleted.append(before[edge])
            if edge.type == REFERS_TO:
                touched.add(edge.end)
                deleted += [row["id"] for row in stored.get("derived", ()) if row["reference"] == edge.end]
        for edge, reference in named.items():
            if edge not in before:
                touched.add(edge.end)
                references[edge.end] = {
                    "key": reference.key,
                    "to": reference.to,
                    "value": reference.value,
                    "system": reference.system,
                }
        for number in {number_of(record), stored.get("number")}:
            touched.update(references_to(record, number))
    return EdgeChange(opened=opened, deleted=deleted, references=references, touched=frozenset(touched))


def _is_news(item: Delivered, stored: Row | None) -> bool:
    if stored is None or not _is_known(stored):
        return True
    if stamp(item.record).precedes(_stamp(stored)):
        return False
    return bool(stored["hash"] != item.content)  # of a ghost there is none: the record returns


def _leaves(departure: Departure, stored: Row | None) -> bool:
    if stored is None or stored["hash"] is None:  # unknown, referred to only, or gone already
        return False
    return not stamp(departure).precedes(_stamp(stored))


def _is_known(stored: Row | None) -> bool:
    """A stub has no hash; of a record that left, the ghost has none."""
    return stored is not None and (stored["hash"] is not None or bool(stored.get("ghost")))


def _stamp(stored: Row) -> Stamp:
    at = stored["updated_at"]
    return Stamp(source_version=stored.get("source_version"), at=at.to_native() if at is not None else None)
