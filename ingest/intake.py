"""Rows in, records out and into the graph, one page at a time: the same for every way in."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from graph.load import LoadReport
from graph.records import Batch, Departure, Position, SourceRecord
from ingest.connectors.page import Page
from ingest.dead_letters import Letterbox, reject_unfit
from ingest.mapping import map_rows
from ingest.rejections import Rejection
from ingest.reports import SourceReport, TableReport, log_rejections
from ingest.source import Source
from ingest.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Of one run of one source; ``load`` takes a batch in one step, ``secret`` keys the hashes of what is hidden."""

    source: Source
    load: Callable[[Batch], Awaitable[LoadReport]]
    letters: Letterbox
    secret: bytes
    batch_size: int
    report: SourceReport

    async def take(self, table: Table, page: Page, *, place: str | None = None) -> None:
        """Load a page; its position is that of the table, or of ``place``, where a table is read in two ways."""
        mapped = await asyncio.to_thread(map_rows, self.source, table, page.rows, self.secret)
        mapped = reject_unfit(mapped)
        # Before the position moves: what is behind it does not come again.
        if page.poison:
            await self.letters.keep_poison(table, page.poison)
        if mapped.rejections:
            await self.letters.keep(table, page.rows, mapped.rejections)
        batch = self._batch(place or table.name, mapped.records, page.position)
        loaded = await self.load(replace(batch, part=page.part))
        self.report_of(table).add(table, mapped, loaded, page)
        rejected = {rejection.key for rejection in mapped.rejections}
        await self.letters.drop(table, [record for record in mapped.records if record.key not in rejected])
        poison = (Rejection(reason=it.reason, field="", row=n, key=it.key) for n, it in enumerate(page.poison))
        log_rejections(self.source.name, table.name, (*mapped.rejections, *poison), self.secret)

    async def end(self, table: Table, keys: Sequence[str]) -> None:
        """Tell the graph which records, by key, the source has no longer."""
        report, size = self.report_of(table), self.batch_size
        for start in range(0, len(keys), size):
            gone = (Departure(key, kind=table.record_kind.record) for key in keys[start : start + size])
            report.ended += (await self.load(self._batch(table.name, gone))).departed

    def report_of(self, table: Table) -> TableReport:
        found = next((report for report in self.report.tables if report.table == table.name), None)
        if found is None:
            found = TableReport(table=table.name)
            self.report.tables.append(found)
        return found

    def _batch(
        self, place: str, records: Iterable[SourceRecord | Departure], position: Position | None = None
    ) -> Batch:
        return Batch(system=self.source.name, table=place, records=tuple(records), position=position)
