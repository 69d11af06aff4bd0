"""Nodes of records and the edges that their own rows say, written; with stubs for those that have not arrived."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from graph.business import AccountRecord, DeviceRecord, PartnerRecord
from graph.changes import Changes, EdgeChange, Row
from graph.records import CustomerRecord, Departure, SourceRecord, system_of
from graph.rows import KINDS, REFERS_TO, properties_of
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
    "BORROWED": "load_borrowed",
    "REPAID_FROM": "load_repaid_from",
    "CARRIES": "load_carries",
    "DRAWS_ON": "load_draws_on",
    "HAD_SESSION": "load_had_session",
    "ON": "load_on",
    "SUMS_UP": "load_sums_up",
    "COVERS": "load_covers",
    "PLAYS": "load_plays",
    "TOWARDS": "load_towards",
    "GRANTED": "load_granted",
    "TO": "load_to",
}
BY_ROLE = "load_by_role"  # for all edges that roles say
# The kinds that others name by key, and how stubs of them are made.
EXPECTED: Mapping[type[SourceRecord], str] = {
    CustomerRecord: "load_expected_customers",
    AccountRecord: "load_expected_accounts",
    DeviceRecord: "load_expected_devices",
    PartnerRecord: "load_expected_partners",
}


async def write_nodes(step: Step, changes: Changes, ranks: Mapping[str, RankedBirth], former: Iterable[str]) -> None:
    """Write records and ghosts; ``former`` are birth ids of ghosts that give their key to somebody else."""
    if ids := list(former):
        await step.run("load_former", ids=ids)
    for kind, items in changes.written.items():
        rows = [
            properties_of(item.record, item.content, step.id, changes.at) | _named(item.record, ranks) for item in items
        ]
        if rows:
            await step.run(KINDS[kind].write, rows=rows)
    if ids := changes.removed_ids():
        await step.run("load_removals", ids=ids)
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


async def write_edges(step: Step, edges: EdgeChange) -> None:
    """Edges by key, and stubs for those ends that have not arrived."""
    for kind, keys in edges.expected.items():
        if keys:
            await step.run(EXPECTED[kind], keys=sorted(keys))
    rows: dict[str, list[Row]] = defaultdict(list)
    for edge in edges.opened:
        if edge.by:
            said = {"type": edge.type, "role": edge.role, "by": edge.by}
            rows[BY_ROLE].append({"start": edge.start, "end": edge.end, **said})
        elif edge.type != REFERS_TO:
            rows[EDGES[edge.type]].append({"start": edge.start, "end": edge.end, "role": edge.role})
    for name, found in rows.items():
        await step.run(name, rows=found)


async def delete_stubs(step: Step, changes: Changes, edges: EdgeChange) -> None:
    """What nobody names any more: of what left, and of the stubs at which edges were deleted."""
    if ids := {*changes.removed_ids(), *edges.freed}:
        await step.run("load_delete_stubs", ids=sorted(ids))
