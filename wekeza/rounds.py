"""One round: each source read, loaded and resolved once, in the order of the inventory, with what was written."""

import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from graph.client import Counters
from graph.load import LoadReport
from graph.records import Batch, Position, SourceRecord
from graph.resolve import ResolveReport
from ingest.pipeline import poll
from ingest.reports import SourceReport
from ingest.run import Line
from wekeza.wiring import Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """``counters`` are Neo4j's own, over all loads and resolutions: all zero if nothing was written."""

    sources: tuple[SourceReport, ...]
    resolved: ResolveReport
    counters: Counters
    seconds: float

    @property
    def failed(self) -> bool:
        return any(source.error for source in self.sources)


class _Tally:
    """Loads and resolves as a line does, and adds up what is reported."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.counters = Counters()
        self.resolved = ResolveReport()

    async def position(self, system: str, table: str) -> Position | None:
        return await self._line.loader.position(system, table)

    async def parts(self, system: str, table: str) -> Mapping[str, Position]:
        return await self._line.loader.parts(system, table)

    def keys(self, record: type[SourceRecord], system: str, entity: str) -> AsyncGenerator[list[str], None]:
        return self._line.loader.keys(record, system, entity)

    async def load(self, batch: Batch) -> LoadReport:
        report = await self._line.loader.load(batch)
        self.counters += report.counters
        return report

    async def resolve(self) -> ResolveReport:
        report = await self._line.resolve()
        self.counters += report.counters
        self.resolved += report
        return report


async def run_round(
    parts: Parts, names: Sequence[str] | None = None, *, since: date | None = None, accept: bool = False
) -> Round:
    """Poll the named sources, or all that are switched on. A source that fails does not stop the others.

    ``since`` reads again what a source changed on that day and after it; ``accept`` lets them change as much as they
    will.
    """
    begun = time.monotonic()
    line = parts.line(accept=accept)
    tally = _Tally(line)
    line = replace(line, loader=tally, resolve=tally.resolve)
    dsns = parts.dsns(names)
    reports = [await poll(parts.sources[name], dsns[name], line, since=since) for name in dsns]
    return Round(
        sources=tuple(reports),
        resolved=tally.resolved,
        counters=tally.counters,
        seconds=time.monotonic() - begun,
    )
