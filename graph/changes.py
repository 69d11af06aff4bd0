"""What of a batch is new: delivered records against what is stored. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from graph.records import CustomerRecord, SourceRecord, content_hash
from graph.rows import REFERS_TO, Edge, edges_of, number_of, references_of, references_to

Row = dict[str, Any]
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Delivered:
    """The newest version of a record in a batch, with its content hash."""

    record: SourceRecord
    content: str


Delivery = Mapping[type[SourceRecord], Mapping[str, Delivered]]  # by kind, then by key
Stored = Mapping[type[SourceRecord], Mapping[str, Row]]  # rows of the load_stored_* statements


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The records of a batch that the graph does not have yet, and what is stored of their former versions."""

    written: Mapping[type[SourceRecord], Sequence[Delivered]]  # each sorted by key
    stored: Stored
    created: int
    changed: int
    unchanged: int  # also versions older than the stored one, and those that a newer one in the batch replaces
    moved: bool  # whether the position is another than the stored one

    def __bool__(self) -> bool:
        return bool(self.created or self.changed or self.moved)

    def records(self) -> list[SourceRecord]:
        return [item.record for items in self.written.values() for item in items]

    def customers(self) -> list[CustomerRecord]:
        return [record for record in self.records() if isinstance(record, CustomerRecord)]

    def stored_of(self, record: SourceRecord) -> Row:
        return self.stored[type(record)].get(record.key, {})


def newest(records: Iterable[SourceRecord]) -> Delivery:
    """Of several versions of a record the one last updated, of those the one delivered last."""
    latest: dict[type[SourceRecord], dict[str, SourceRecord]] = defaultdict(dict)
    for record in records:
        known = latest[type(record)].get(record.key)
        if known is None or _updated(record) >= _updated(known):
            latest[type(record)][record.key] = record
    return {
        kind: {key: Delivered(record, content_hash(record)) for key, record in sorted(found.items())}
        for kind, found in latest.items()
    }


def compare(read: int, delivery: Delivery, stored: Stored, *, moved: bool) -> Changes:
    """``read`` is the number of records as delivered, with their doubles."""
    written: dict[type[SourceRecord], list[Delivered]] = {}
    created = changed = 0
    for kind, found in delivery.items():
        written[kind] = [item for key, item in found.items() if _is_news(item, stored[kind].get(key))]
        new = sum(not _arrived(stored[kind].get(item.record.key)) for item in written[kind])
        created += new
        changed += len(written[kind]) - new
    return Changes(
        written=written,
        stored=stored,
        created=created,
        changed=changed,
        unchanged=read - created - changed,
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
    if stored is None or not _arrived(stored):
        return True
    updated = getattr(item.record, "updated_at", None)
    if updated is not None and stored["updated_at"] is not None and updated < stored["updated_at"].to_native():
        return False
    return bool(stored["hash"] != item.content)


def _arrived(stored: Row | None) -> bool:
    """A stub has no hash."""
    return stored is not None and stored["hash"] is not None


def _updated(record: SourceRecord) -> datetime:
    return getattr(record, "updated_at", None) or NEVER
