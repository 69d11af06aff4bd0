"""Nodes of records and the edges that their own rows say, written; with stubs for those that have not arrived."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from graph.changes import Changes, Row
from graph.records import CustomerRecord, Departure, SourceRecord, system_of
from graph.rows import KINDS, REFERS_TO, Edge, properties_of
from graph.steps import Step
from ledger.entries import RankedBirth

EDGES = {
    "OWNS": "load_owns",
    "POSTED": "load_posted",
    "REGISTERED": "load_registered",
    "LOGGED_IN": "load_logged_in",
    "FROM": "load_from",
    "ABOUT": "load_about_customers",
    "SCORED": "load_scored",
}
# Which end of an edge may not have arrived yet, and how its stub is made.
CUSTOMERS, ACCOUNTS, DEVICES = "load_expected_customers", "load_expected_accounts", "load_expected_devices"
EXPECTED = {
    "OWNS": ("start", CUSTOMERS),
    "POSTED": ("start", ACCOUNTS),
    "REGISTERED": ("start", CUSTOMERS),
    "LOGGED_IN": ("start", CUSTOMERS),
    "FROM": ("end", DEVICES),
    "ABOUT": ("end", CUSTOMERS),
    "SCORED": ("start", CUSTOMERS),
}


async def write_nodes(step: Step, changes: Changes, ranks: Mapping[str, RankedBirth], former: Iterable[str]) -> None:
    """Write records and ghosts; ``former`` are birth ids of ghosts that give their key to somebody else."""
    if ids := list(former):
        await step.run("load_former", ids=ids)
    for kind, items in changes.written.items():
        rows = [properties_of(item.record, item.content, step.id) | _named(item.record, ranks) for item in items]
        if rows:
            await step.run(KINDS[kind].write, rows=rows)
    if changes.departed:
        rows = [_ghost(departure, changes.stored_of(departure), step.id) for departure in changes.departed]
        await step.run("load_departures", rows=rows)


def _named(record: SourceRecord, ranks: Mapping[str, RankedBirth]) -> Row:
    if not isinstance(record, CustomerRecord):
        return {}
    return {"birth_id": ranks[record.key].birth_id, "rank": ranks[record.key].rank}


def _ghost(departure: Departure, stored: Row, step: int) -> Row:
    """What is left of a record: its name and place, and the stamp by which older versions are known."""
    version = stored["source_version"] if departure.source_version is None else departure.source_version
    return {
        "key": departure.key,
        "system": system_of(departure.key),
        "entity": departure.key.split("|", 2)[1],
        "birth_id": stored["birth_id"],
        "rank": stored["rank"],
        "updated_at": departure.at or stored["updated_at"],
        "source_version": version,
        "step": step,
        "due": step,
    }


async def write_edges(step: Step, edges: Iterable[Edge]) -> None:
    """Edges within the source, and stubs for those ends that have not arrived."""
    rows: dict[str, list[Row]] = defaultdict(list)
    expected: dict[str, set[str]] = defaultdict(set)
    for edge in edges:
        if edge.type != REFERS_TO:
            rows[EDGES[edge.type]].append({"start": edge.start, "end": edge.end, "role": edge.role})
            end, stub = EXPECTED[edge.type]
            expected[stub].add(getattr(edge, end))
    for stub, keys in expected.items():
        await step.run(stub, keys=sorted(keys))
    for name, found in rows.items():
        await step.run(name, rows=found)


def customer_of(edge: Edge) -> str | None:
    """The key of the customer record that an edge names."""
    end, stub = EXPECTED.get(edge.type, ("", None))
    return getattr(edge, end) if stub == CUSTOMERS else None
