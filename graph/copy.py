"""The relational copy follows committed steps, so that reports find in PostgreSQL what the graph says.

What records say and whose they are, the ledger knows by itself. Accounts, transactions, sightings and scores are read
from the graph by the step that wrote them. A graph that is another than the one copied last is copied from step 0, and
what it does not have is taken away: the same road, only longer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any

from psycopg import AsyncConnection

from graph.client import GraphClient, Row
from graph.components import Read
from graph.copied import copied
from graph.laws import Finding, Law
from graph.restore import read_patiently
from graph.steps import OnPoint
from ledger import reports
from ledger.entries import CopiedKind
from ledger.ledger import Ledger
from ledger.reports import BUSINESS, IDENTITY, Merged, Standing

WRITTEN = {
    CopiedKind.ACCOUNT: "copy_accounts",
    CopiedKind.TRANSACTION: "copy_transactions",
    CopiedKind.SIGHTING: "copy_sightings",
    CopiedKind.SCORE: "copy_scores",
}
# What tells whose it is only once that record has arrived, which may be later.
WAITED = {CopiedKind.ACCOUNT: "copy_accounts_of", CopiedKind.SCORE: "copy_scores_of"}
PRESENT = {
    CopiedKind.ACCOUNT: "copy_present_accounts",
    CopiedKind.TRANSACTION: "copy_present_transactions",
    CopiedKind.SIGHTING: "copy_present_sightings",
    CopiedKind.SCORE: "copy_present_scores",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyReport:
    """What was written, by table; ``step`` is the last one that is in the copy, ``whole`` that all was compared."""

    step: int
    whole: bool = False
    tables: Mapping[str, Merged] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def changed(self) -> int:
        return sum(merged.written + merged.removed for merged in self.tables.values())


class Copier:
    """Keeps the copy; ``decimals`` are those of each currency's minor unit.

    ``on_point`` is told "copied" and "moved", before the position moves and before all is committed, for crash tests.
    """

    def __init__(
        self, client: GraphClient, ledger: Ledger, *, decimals: Mapping[str, int], on_point: OnPoint | None = None
    ) -> None:
        self._client = client
        self._read = partial(read_patiently, client)
        self._ledger = ledger
        self._decimals = decimals
        self._reach: OnPoint = on_point or (lambda point: None)

    async def publish(self, *, from_nothing: bool = False) -> CopyReport:
        """Bring the copy up to the newest settled step, in one transaction; nothing new, nothing written.

        ``from_nothing`` compares everything. Else it costs what the steps since the last copy wrote, whatever there is.
        Raises GraphUnavailable or LedgerUnavailable where a store is away; then the copy is as it was.
        """
        graph, standing = await self._standing()
        if _is_current(standing, graph) and not from_nothing:
            return CopyReport(step=standing.step)
        async with self._ledger.session() as connection, connection.transaction():
            await reports.lock_copy(connection)
            standing = await reports.read_standing(connection)
            whole = from_nothing or standing.graph != graph
            publication = _Publication(self._read, connection, self._decimals, standing, whole=whole)
            await publication.stage()
            tables = await publication.merge()
            self._reach("copied")
            await reports.move(connection, graph, standing.newest)
            self._reach("moved")
        return CopyReport(step=standing.newest, whole=whole, tables=tables)

    async def verify(self) -> list[Finding]:
        """Compare the copy with all that there is, row by row; writes nothing.

        A copy that is behind is one finding, else each table that differs is one.
        """
        graph, standing = await self._standing()
        if not _is_current(standing, graph):
            return [Finding(Law.COPY, f"behind: of step {standing.step}, not {standing.newest}")]
        async with self._ledger.session() as connection, connection.transaction(force_rollback=True):
            publication = _Publication(self._read, connection, self._decimals, standing, whole=True)
            await publication.stage()
            found = await publication.differing()
        return [Finding(Law.COPY, f"{table}: {rows} rows differ") for table, rows in found.items() if rows]

    async def _standing(self) -> tuple[str, Standing]:
        """Which graph this is, and how far the copy has come: all that an unchanged run asks."""
        graph: str = (await self._client.read("copy_graph"))[0]["graph"]
        async with self._ledger.transaction() as connection:
            return graph, await reports.read_standing(connection)


def _is_current(standing: Standing, graph: str) -> bool:
    return standing.graph == graph and standing.step == standing.newest


class _Publication:
    """One copy: from the standing's step, or from step 0 where it is ``whole``, to the newest step."""

    def __init__(
        self,
        read: Read,
        connection: AsyncConnection[Any],
        decimals: Mapping[str, int],
        standing: Standing,
        *,
        whole: bool,
    ) -> None:
        self._read = read
        self._connection = connection
        self._decimals = decimals
        self._after, self._upto = (0 if whole else standing.step), standing.newest
        self._whole = whole

    async def stage(self) -> None:
        """Read all that the steps wrote, page by page."""
        for table in (*IDENTITY, *BUSINESS.values()):
            await reports.open_stage(self._connection, table)
        await reports.stage_identity(self._connection, self._after, self._upto)
        for after, upto in await reports.windows(self._connection, self._after, self._upto):
            for kind, statement in WRITTEN.items():
                await self._stage(kind, await self._nodes(statement, after=after, upto=upto))
        if not self._whole:
            await reports.stage_gone(self._connection, self._after, self._upto)
            await self._stage_waited()

    async def merge(self) -> dict[str, Merged]:
        """Write what is staged, where it differs; of a whole copy, take away what the graph does not have."""
        merged = {}
        for table in (*IDENTITY, *BUSINESS.values()):
            merged[table.name] = await reports.merge(self._connection, table)
        if self._whole:
            for table in IDENTITY:
                merged[table.name] += Merged(removed=await reports.remove_unstaged(self._connection, table))
            for kind, table in BUSINESS.items():
                merged[table.name] += Merged(removed=await self._remove_absent(kind))
        return merged

    async def differing(self) -> dict[str, int]:
        """Rows, by table, that are not as staged."""
        tables = (*IDENTITY, *BUSINESS.values())
        return {table.name: await reports.differing(self._connection, table) for table in tables}

    async def _stage_waited(self) -> None:
        async for born in reports.births(self._connection, self._after, self._upto):
            for kind, statement in WAITED.items():
                await self._stage(kind, await self._nodes(statement, ids=born, after=self._after))

    async def _nodes(self, statement: str, **given: Any) -> list[Row]:
        """All rows of a page come in one: the driver takes 50 microseconds to hand out each."""
        found: list[Row] = (await self._read(statement, **given))[0]["rows"]
        return found

    async def _stage(self, kind: CopiedKind, nodes: Sequence[Row]) -> None:
        if nodes:
            rows = (copied(kind, node, self._decimals) for node in nodes)
            await reports.stage(self._connection, BUSINESS[kind], rows)

    async def _remove_absent(self, kind: CopiedKind) -> int:
        """What was not read is either gone or was written by a step after the newest one, which is not copied yet."""
        removed = 0
        async for keys in reports.unstaged(self._connection, BUSINESS[kind]):
            there = {row["key"] for row in await self._read(PRESENT[kind], keys=keys)}
            if absent := [key for key in keys if key not in there]:
                removed += await reports.remove(self._connection, BUSINESS[kind], absent)
        return removed
