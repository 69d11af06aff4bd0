"""Loading: one batch of records of one table becomes nodes and edges, wave by wave, or nothing if nothing is new.

A wave is one step; there are as many as one customer record has versions in the batch.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from graph.births import Identities, identify
from graph.changes import Changes, EdgeChange, Row, compare, compare_edges
from graph.client import Counters, GraphClient
from graph.deliveries import Delivery, in_waves
from graph.evidence import EvidenceChange, compare_evidence
from graph.holdings import evidence_entries, mark_evidence, write_evidence
from graph.nodes import delete_stubs, write_edges, write_nodes
from graph.records import Batch, CustomerRecord, Departure, Position, SourceRecord, source_key
from graph.references import settle_references
from graph.resolution.derived import with_derived
from graph.resolution.global_ids import key_hash
from graph.resolution.policy import Policy
from graph.rows import COPIED, KINDS
from graph.said import say
from graph.steps import OnPoint, Step, Writer, open_writer
from ledger.entries import Entries, Gone, Presence, PresenceDelta, RecordVersion
from ledger.ledger import Ledger
from ledger.records import erased_hashes

Read = Callable[..., Awaitable[list[Row]]]
PAGE = 10_000  # keys


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """What loading a batch did. ``step`` and ``at`` are None if nothing was new, and then nothing was written."""

    system: str
    table: str
    read: int
    created: int = 0
    changed: int = 0  # also records that returned
    departed: int = 0  # of any kind
    returned: int = 0
    unchanged: int = 0
    erased: int = 0  # left out: their keys were erased and not released
    unfit: int = 0  # left out: the stores cannot hold them, see `graph.limits`
    marked: int = 0  # records whose resolution is due because of this batch; one that meets two values may count twice
    step: int | None = None  # the last one: a batch with several versions of one record takes several
    counters: Counters = field(default_factory=Counters)
    statements: int = 0  # sent to Neo4j; does not grow with the batch
    at: datetime | None = None


class CountedRead:
    """A read that counts how often it was used."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self.statements = 0

    async def __call__(self, name: str, **given: Any) -> list[Row]:
        self.statements += 1
        return await self._read(name, **given)


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

    async def parts(self, system: str, table: str) -> dict[str, Position]:
        """How far each part of a table that comes in parts has been read, by the part's name."""
        before = _part_key(f"{system}|{table}", "")
        rows = await self._client.read("load_stored_positions", before=before)
        return {row["key"].removeprefix(before): Position(row["watermark"], row["row_key"]) for row in rows}

    async def keys(
        self, record: type[SourceRecord], system: str, entity: str, *, page: int = PAGE
    ) -> AsyncGenerator[list[str], None]:
        """The keys of all present records of a table of this kind, in order and in pages: no ghosts, no stubs.

        What is loaded or leaves meanwhile may be told or not.
        """
        after, end = _keys_of(system, entity)
        while keys := await self._client.read(
            "load_present_keys", label=KINDS[record].label, after=after, end=end, limit=page
        ):
            yield [row["key"] for row in keys]
            after = keys[-1]["key"]

    async def load(self, batch: Batch) -> LoadReport:
        """Write what of the batch is new, each wave in one step, the position with the last.

        Raises GraphUnavailable or LedgerUnavailable where a store is away, FenceLost where another writer took over;
        loading the same batch again is then right, whatever had become of its steps.
        """
        waves, unfit = in_waves(batch.records)
        report = LoadReport(system=batch.system, table=batch.table, read=len(batch.records), unfit=unfit)
        read = CountedRead(self._client.read)
        seen = [await self._compare(read, batch, wave, last=wave is waves[-1]) for wave in waves]
        if any(seen):  # else a poll that found nothing new takes no lock
            async with open_writer(self._client, self._ledger, on_point=self._on_point) as writer:
                inside = CountedRead(writer.read)
                seen = []
                for wave in waves:
                    seen.append(await self._compare(inside, batch, wave, last=wave is waves[-1]))
                    if seen[-1]:
                        report = await self._write(writer, inside, batch, seen[-1], report)
            report = replace(report, statements=report.statements + inside.statements)
        erased = sum(changes.erased for changes in seen)
        news = report.created + report.changed + report.departed
        return replace(
            report,
            erased=erased,
            unchanged=report.read - news - erased - unfit,
            statements=report.statements + read.statements,
        )

    async def _compare(self, read: Read, batch: Batch, wave: Delivery, *, last: bool) -> Changes:
        kinds = [*wave.records, *(departure.kind for departure in wave.departures.values())]
        asked = {kind: _hashes(wave, kind) for kind in dict.fromkeys(kinds)}
        stored = {
            kind: {row["key"]: row for row in await read(KINDS[kind].stored, rows=rows)} for kind, rows in asked.items()
        }
        customers = stored.get(CustomerRecord, {})
        strangers = [key for key in wave.records.get(CustomerRecord, {}) if not customers.get(key, {}).get("birth_id")]
        erased = await self._erased(strangers)
        moved = last and batch.position is not None
        if moved:
            moved = batch.position != await _stored_position(read, _position_key(batch))
        return compare(wave, stored, moved=moved, erased=erased, at=datetime.now(UTC))

    async def _erased(self, keys: Iterable[str]) -> frozenset[str]:
        """Those of these keys of customer records that may not come back."""
        hashes = {str(key_hash(self._secret, key)): key for key in keys}
        if not hashes:
            return frozenset()
        async with self._ledger.transaction() as connection:
            return frozenset(hashes[found] for found in await erased_hashes(connection, list(hashes)))

    async def _write(
        self, writer: Writer, read: Read, batch: Batch, changes: Changes, report: LoadReport
    ) -> LoadReport:
        """One step. Answers the report with what it did added."""
        identities = await identify(read, self._ledger, self._secret, changes)
        derived = (with_derived(record, self._policy) for record in changes.customers())
        evidence = compare_evidence(derived, changes.stored.get(CustomerRecord, {}), changes.departed)
        edges = await self._edges(changes)
        entries = self._entries(changes, identities, evidence)
        async with writer.step("load", system=batch.system, entries=entries) as step:
            marked = await self._apply(step, changes, identities, edges, evidence)
            if batch.position is not None and changes.moved:
                at = {"watermark": batch.position.watermark, "row_key": batch.position.key}
                await step.run("load_position", key=_position_key(batch), step=step.id, **at)
            counts = {
                "created": changes.created,
                "changed": changes.changed,
                "departed": len(changes.departed) + len(changes.removed),
                "returned": len(identities.returned),
                "marked": marked,
            }
            step.count(table=batch.table, read=report.read, policy=self._policy.name, **counts)
        return replace(
            report,
            **{name: getattr(report, name) + count for name, count in counts.items()},
            step=step.id,
            at=step.at,
            counters=report.counters + step.counters,
            statements=report.statements + step.statements,
        )

    async def _edges(self, changes: Changes) -> EdgeChange:
        """How the records' own edges change; none leads to a key that was erased."""
        edges = compare_edges(changes)
        return edges.without(await self._erased(edges.expected.get(CustomerRecord, ())))

    def _entries(self, changes: Changes, identities: Identities, evidence: EvidenceChange) -> Entries:
        births = identities.birth_ids()
        births |= {departure.key: changes.stored_of(departure)["birth_id"] for departure in changes.departed}
        values, deltas = evidence_entries(evidence, births, self._secret)
        returned = frozenset(identities.returned)
        versions, presences = [], [_left(departure, births[departure.key]) for departure in changes.departed]
        for item in changes.written.get(CustomerRecord, ()):
            if isinstance(record := item.record, CustomerRecord):
                versions.append(RecordVersion(births[record.key], item.content, say(record)))
                if record.key in returned:
                    presences.append(PresenceDelta(births[record.key], Presence.RETURNED, record.updated_at))
        return Entries(
            births=identities.births,
            versions=versions,
            presences=presences,
            values=values,
            evidence=deltas,
            gone=[Gone(COPIED[left.kind], left.key) for left in changes.removed if left.kind in COPIED],
        )

    async def _apply(
        self, step: Step, changes: Changes, identities: Identities, edges: EdgeChange, evidence: EvidenceChange
    ) -> int:
        """Run the step's statements; answers how many records are marked for resolution."""
        await write_nodes(step, changes, {**identities.ranked, **step.ranks}, identities.former)
        if deleted := [*edges.deleted, *evidence.deleted]:
            await step.run("load_delete_edges", ids=deleted)
        await write_edges(step, edges)
        await write_evidence(step, evidence)
        await settle_references(step, edges)
        await delete_stubs(step, changes, edges)
        marked = len(changes.customers()) + len(changes.departed)
        marked += await mark_evidence(step, evidence, self._policy)
        for name, keys in (("load_mark_sames", _known(changes)), ("load_mark_heirs", identities.returned)):
            if keys:
                marked += (await step.run(name, keys=list(keys), step=step.id))[0]["marked"]
        return marked


def _left(departure: Departure, birth_id: str) -> PresenceDelta:
    return PresenceDelta(birth_id, Presence.LEFT, departure.at, departure.source_version)


def _hashes(wave: Delivery, kind: type[Any]) -> list[Row]:
    """What load_stored_* is asked; of a record that leaves there is no hash."""
    rows: list[Row] = [{"key": key, "hash": item.content} for key, item in wave.records.get(kind, {}).items()]
    return rows + [{"key": key, "hash": None} for key, left in wave.departures.items() if left.kind is kind]


def _known(changes: Changes) -> list[str]:
    """Customer records of a step that may be under decisions: all that were there before."""
    known = [record.key for record in changes.customers() if changes.stored_of(record).get("birth_id")]
    return known + [departure.key for departure in changes.departed]


def _keys_of(system: str, entity: str) -> tuple[str, str]:
    """Between which two texts the keys of a table are: ``core|account|`` and what follows it, ``core|account}``."""
    before = source_key(system, entity, "")
    return before, before[:-1] + chr(ord(before[-1]) + 1)


async def _stored_position(read: Read, key: str) -> Position | None:
    rows = await read("load_stored_position", key=key)
    return Position(rows[0]["watermark"], rows[0]["row_key"]) if rows else None


def _position_key(batch: Batch) -> str:
    key = f"{batch.system}|{batch.table}"
    return _part_key(key, batch.part) if batch.part else key


def _part_key(table: str, part: str) -> str:
    return f"{table}#{part}"
