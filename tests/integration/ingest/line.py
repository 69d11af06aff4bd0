"""A line to poll through: the real ledger, and a loader that keeps batches in memory where Neo4j is not the matter."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from graph.errors import GraphUnavailable
from graph.load import LoadReport
from graph.records import Batch, Departure, Position, SourceRecord, content_hash
from graph.resolve import ResolveReport
from ingest.run import Line
from ledger.ledger import Ledger

DEADLINE_SECONDS = 60  # on a machine that does much else
LOOK_SECONDS = 0.05


@dataclass
class MemoryLoader:
    """What a graph would hold, by key; ``down`` makes it behave like a graph that does not answer."""

    records: dict[str, SourceRecord] = field(default_factory=dict)
    positions: dict[tuple[str, str], Position] = field(default_factory=dict)
    read_parts: dict[tuple[str, str], dict[str, Position]] = field(default_factory=dict)
    batches: int = 0
    down: bool = False

    async def position(self, system: str, table: str) -> Position | None:
        self._answer()
        return self.positions.get((system, table))

    async def parts(self, system: str, table: str) -> dict[str, Position]:
        self._answer()
        return dict(self.read_parts.get((system, table), {}))

    async def load(self, batch: Batch) -> LoadReport:
        self._answer()
        self.batches += 1
        delivered = [record for record in batch.records if not isinstance(record, Departure)]
        new = [record for record in delivered if record.key not in self.records]
        changed = [
            record
            for record in delivered
            if record.key in self.records and content_hash(record) != content_hash(self.records[record.key])
        ]
        self.records |= {record.key: record for record in delivered}
        departed = [left for left in batch.records if isinstance(left, Departure) and left.key in self.records]
        for left in departed:
            del self.records[left.key]
        if batch.position and batch.part:
            self.read_parts.setdefault((batch.system, batch.table), {})[batch.part] = batch.position
        elif batch.position:
            self.positions[batch.system, batch.table] = batch.position
        return LoadReport(
            system=batch.system,
            table=batch.table,
            read=len(batch.records),
            created=len(new),
            changed=len(changed),
            departed=len(departed),
        )

    async def keys(self, record: type[SourceRecord], system: str, entity: str) -> AsyncGenerator[list[str], None]:
        self._answer()
        found = self.keys_of(entity)
        yield sorted(key for key in found if isinstance(self.records[key], record))

    def keys_of(self, entity: str) -> set[str]:
        return {key for key in self.records if key.split("|")[1] == entity}

    def _answer(self) -> None:
        if self.down:
            raise GraphUnavailable("Neo4j does not answer.")


def line_of(loader: MemoryLoader, ledger: Ledger, batch_size: int = 5_000) -> Line:
    async def resolve() -> ResolveReport:
        return ResolveReport(links=2)

    return Line(loader=loader, resolve=resolve, ledger=ledger, secret=b"secret", batch_size=batch_size)


async def eventually(met: Callable[[], bool]) -> None:
    """Look until a condition is met, or fail at the deadline."""
    deadline = monotonic() + DEADLINE_SECONDS
    while not met():
        assert monotonic() < deadline, "did not happen in time"
        await asyncio.sleep(LOOK_SECONDS)


def events(logs: Iterable[Mapping[str, Any]], name: str) -> list[Mapping[str, Any]]:
    return [entry for entry in logs if entry["event"] == name]
