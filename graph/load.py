"""Loading: one batch of records of one table becomes nodes and edges, in one step, or nothing if nothing is new."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from graph.changes import Changes, Delivered, Delivery, EdgeChange, Row, compare, compare_edges, newest
from graph.client import Counters, GraphClient
from graph.evidence import EvidenceChange, compare_evidence
from graph.records import Batch, CustomerRecord, Position, SourceRecord
from graph.references import settle_references
from graph.resolution.global_ids import birth_id
from graph.resolution.policy import Policy
from graph.rows import KINDS, REFERS_TO, properties_of
from graph.steps import OnPoint, Step, Writer, open_writer
from graph.suppressions import stale_suppressions
from ledger.ledger import Ledger
from ledger.steps import Birth, RankedBirth, ranks_of

Read = Callable[..., Awaitable[list[Row]]]

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
EXPECTED = {
    "OWNS": ("start", "load_expected_customers"),
    "POSTED": ("start", "load_expected_accounts"),
    "REGISTERED": ("start", "load_expected_customers"),
    "LOGGED_IN": ("start", "load_expected_customers"),
    "FROM": ("end", "load_expected_devices"),
    "ABOUT": ("end", "load_expected_customers"),
    "SCORED": ("start", "load_expected_customers"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """What loading a batch did. ``step`` and ``at`` are None if nothing was new, and then nothing was written."""

    system: str
    table: str
    read: int
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    marked: int = 0  # records whose resolution is due because of this batch; one that meets two values may count twice
    step: int | None = None
    counters: Counters = field(default_factory=Counters)
    statements: int = 0  # sent to Neo4j; does not grow with the batch
    at: datetime | None = None


class Loader:
    """Loads batches into one installation's graph; ``secret`` names its records, ``policy`` says which values link."""

    def __init__(
        self, client: GraphClient, ledger: Ledger, *, secret: bytes, policy: Policy, on_point: OnPoint | None = None
    ) -> None:
        self._client = client
        self._ledger = ledger
        self._secret = secret
        self._policy = policy
        self._on_point = on_point

    async def position(self, system: str, table: str) -> Position | None:
        """How far the table has been read: the position of the last batch that was loaded from it."""
        return await _stored_position(self._client.read, f"{system}|{table}")

    async def load(self, batch: Batch) -> LoadReport:
        """Write what of the batch is new, with its position, in one step.

        Raises GraphUnavailable or LedgerUnavailable where a store is away, FenceLost where another writer took over;
        loading the same batch again is then right, whatever had become of the step.
        """
        delivery = newest(batch.records)
        reads = len(delivery) + 1
        changes = await self._compare(self._client.read, batch, delivery)
        if changes:  # else a poll that found nothing new takes no lock
            async with open_writer(self._client, self._ledger, on_point=self._on_point) as writer:
                changes = await self._compare(writer.read, batch, delivery)
                reads *= 2
                if changes:
                    return await self._write(writer, batch, changes, reads)
        return LoadReport(
            system=batch.system,
            table=batch.table,
            read=len(batch.records),
            unchanged=len(batch.records),
            statements=reads,
        )

    async def _compare(self, read: Read, batch: Batch, delivery: Delivery) -> Changes:
        stored = {
            kind: {row["key"]: row for row in await read(KINDS[kind].stored, rows=_hashes(found))}
            for kind, found in delivery.items()
        }
        position = await _stored_position(read, _position_key(batch))
        moved = batch.position is not None and batch.position != position
        return compare(len(batch.records), delivery, stored, moved=moved)

    async def _write(self, writer: Writer, batch: Batch, changes: Changes, reads: int) -> LoadReport:
        ranks = await self._ranks(changes)
        births = self._births(changes, ranks)
        async with writer.step("load", system=batch.system, births=births) as step:
            marked = await self._apply(step, changes, {**ranks, **step.ranks})
            if batch.position is not None and changes.moved:
                at = {"watermark": batch.position.watermark, "row_key": batch.position.key}
                await step.run("load_position", key=_position_key(batch), step=step.id, **at)
            counts = {"read": len(batch.records), "created": changes.created, "changed": changes.changed}
            step.count(table=batch.table, marked=marked, policy=self._policy.name, **counts)
        return LoadReport(
            system=batch.system,
            table=batch.table,
            unchanged=changes.unchanged,
            marked=marked,
            step=step.id,
            counters=step.counters,
            statements=reads + step.statements,
            at=step.at,
            **counts,
        )

    async def _ranks(self, changes: Changes) -> dict[str, RankedBirth]:
        """Birth ids and ranks that records have already, from the graph or from a step that did not reach it."""
        ranks = {}
        for record in changes.customers():
            stored = changes.stored_of(record)
            if stored.get("birth_id"):
                ranks[record.key] = RankedBirth(stored["birth_id"], stored["rank"])
        if unknown := [record.key for record in changes.customers() if record.key not in ranks]:
            async with self._ledger.transaction() as connection:
                ranks |= await ranks_of(connection, unknown)
        return ranks

    def _births(self, changes: Changes, ranks: Mapping[str, RankedBirth]) -> list[Birth]:
        """The rest, in the order of their ranks: the source's creation date, then the key; undated records last."""

        def seniority(record: CustomerRecord) -> tuple[bool, float, str]:
            created = record.created_at
            return created is None, created.timestamp() if created else 0.0, record.key

        born = sorted((record for record in changes.customers() if record.key not in ranks), key=seniority)
        return [Birth(record.key, str(birth_id(self._secret, record.key))) for record in born]

    async def _apply(self, step: Step, changes: Changes, ranks: Mapping[str, RankedBirth]) -> int:
        """Run the step's statements; answers how many records are marked for resolution."""
        edges = compare_edges(changes)
        evidence = compare_evidence(changes.customers(), changes.stored.get(CustomerRecord, {}))
        await _write_nodes(step, changes, ranks)
        if deleted := [*edges.deleted, *evidence.deleted]:
            await step.run("load_delete_edges", ids=deleted)
        await _write_edges(step, edges)
        await settle_references(step, edges)
        await _write_evidence(step, evidence)
        return len(changes.customers()) + await self._mark(step, evidence)

    async def _mark(self, step: Step, evidence: EvidenceChange) -> int:
        """Count the holders of touched values again, suppress or release, and mark who has to be resolved again."""
        marked = 0
        touched = sorted(evidence.moved | evidence.recount)
        flipped = await stale_suppressions(step.run, touched, self._policy) if touched else []
        if flipped:
            await step.run("load_suppressions", rows=flipped)
            keys = [row["key"] for row in flipped]
            marked += (await step.run("load_mark_holders", keys=keys, step=step.id))[0]["marked"]
        if moved := sorted(evidence.moved.difference(row["key"] for row in flipped)):
            marked += (await step.run("load_mark_moved", keys=moved, step=step.id))[0]["marked"]
        return marked


async def _write_nodes(step: Step, changes: Changes, ranks: Mapping[str, RankedBirth]) -> None:
    for kind, items in changes.written.items():
        rows = [properties_of(item.record, item.content, step.id) | _named(item.record, ranks) for item in items]
        if rows:
            await step.run(KINDS[kind].write, rows=rows)


def _named(record: SourceRecord, ranks: Mapping[str, RankedBirth]) -> Row:
    if not isinstance(record, CustomerRecord):
        return {}
    return {"birth_id": ranks[record.key].birth_id, "rank": ranks[record.key].rank}


async def _write_edges(step: Step, edges: EdgeChange) -> None:
    """Edges within the source, and stubs for those ends that have not arrived."""
    rows: dict[str, list[Row]] = defaultdict(list)
    expected: dict[str, set[str]] = defaultdict(set)
    for edge in edges.opened:
        if edge.type != REFERS_TO:
            rows[EDGES[edge.type]].append({"start": edge.start, "end": edge.end, "role": edge.role})
            end, stub = EXPECTED[edge.type]
            expected[stub].add(getattr(edge, end))
    for stub, keys in expected.items():
        await step.run(stub, keys=sorted(keys))
    for name, found in rows.items():
        await step.run(name, rows=found)


async def _write_evidence(step: Step, evidence: EvidenceChange) -> None:
    if evidence.opened:
        await step.run("load_identifiers", rows=[evidence.values[key] for key in sorted(evidence.values)])
        await step.run("load_holdings", rows=evidence.opened, step=step.id, at=step.at)
    if evidence.closed:
        await step.run("load_past_holdings", rows=evidence.closed, step=step.id, at=step.at)


def _hashes(found: Mapping[str, Delivered]) -> list[Row]:
    return [{"key": key, "hash": item.content} for key, item in found.items()]


async def _stored_position(read: Read, key: str) -> Position | None:
    rows: list[dict[str, Any]] = await read("load_stored_position", key=key)
    return Position(rows[0]["watermark"], rows[0]["row_key"]) if rows else None


def _position_key(batch: Batch) -> str:
    return f"{batch.system}|{batch.table}"
