"""A graph from the ledger alone: what the steps left, node for node and edge for edge, with their times.

Not in the ledger, and so not restored, is what is no identity: accounts, transactions, positions. The sources tell
those again. What was due for resolution is marked again, rather too much than too little.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar

from psycopg import AsyncConnection

from graph import remembered
from graph.client import GraphClient
from graph.errors import IdentityError
from graph.resolution.policy import Policy
from graph.statements import statement
from graph.suppressions import stale_suppressions
from ledger.decisions import decisions
from ledger.entries import EvidenceValue, Presence
from ledger.history import runs, versions_of
from ledger.ledger import Ledger
from ledger.locks import writer_lock
from ledger.state import (
    all_decisions,
    all_goldens,
    all_heirs,
    all_holdings,
    all_links,
    all_memberships,
    all_records,
    all_runs,
    all_values,
)
from ledger.values import known_values

T = TypeVar("T")
Row = dict[str, Any]
PAGE = 5_000  # rows in one transaction
PATIENCE_SECONDS = 300.0  # nobody waits for a page, and a server that has just started plans slowly


class NotEmpty(IdentityError):
    """The graph holds something already; nothing was written."""


class GraphLost(IdentityError):
    """The ledger remembers steps, the graph none: to go on would tell the whole history a second time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreReport:
    """What was written, by kind in the order of writing; ``marked`` records are due for resolution."""

    written: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    marked: int = 0


async def refuse_lost(client: GraphClient, ledger: Ledger) -> None:
    """Raises GraphLost for an empty graph beside a ledger that is not."""
    if (await client.read("restore_read_anything"))[0]["anything"]:
        return
    async with ledger.transaction() as connection:
        if await runs(connection, 1):
            raise GraphLost("The graph is empty, but the ledger remembers what was in it: run `wekeza rebuild`.")


async def restore(
    client: GraphClient, ledger: Ledger, *, policy: Policy, progress: Callable[[str], None] = lambda _: None
) -> RestoreReport:
    """Fill an empty graph, whose schema is applied, from the ledger's committed steps. Writes no step.

    ``policy`` says which values link nobody; ``progress`` is told in words what has been written. Takes the writer
    lock, so that nothing is decided meanwhile. Raises NotEmpty where the graph is not empty; a restoration that broke
    off leaves such a one.
    """
    async with writer_lock(ledger), ledger.snapshot() as memory:
        if (await read_patiently(client, "restore_read_anything"))[0]["anything"]:
            raise NotEmpty("The graph to restore into is not empty: give an empty one.")
        restoration = _Restoration(client, memory, policy, progress)
        await restoration.write_nodes()
        await restoration.write_edges()
        await restoration.judge_values()
        return RestoreReport(written=dict(restoration.written), marked=await restoration.mark())


class _Restoration:
    def __init__(
        self, client: GraphClient, memory: AsyncConnection[Any], policy: Policy, progress: Callable[[str], None]
    ) -> None:
        self._client = client
        self._memory = memory
        self._policy = policy
        self._progress = progress
        self._settled = 0  # the last step after which nothing was due; one that does not say so is not believed
        self._erased: set[str] = set()  # records, which the ledger may not have forgotten yet
        self.written: Counter[str] = Counter()

    async def write_nodes(self) -> None:
        async for page in in_pages(all_runs(self._memory)):
            self._settled = max((run.step for run in page if run.counts.get("due") == 0), default=self._settled)
            await self._write("runs", "restore_runs", map(remembered.run_row, page))
        await self._write_identifiers()
        async for goldens in in_pages(all_goldens(self._memory)):
            await self._write("customers", "restore_customers", map(remembered.customer_row, goldens))
        async for records in in_pages(all_records(self._memory)):
            if reused := [record.key for record in records if record.incarnation]:
                await self._run("restore_former", keys=reused)
            self._erased |= {record.birth_id for record in records if record.presence is Presence.ERASED}
            await self._write("records", "restore_records", remembered.record_rows(records))

    async def write_edges(self) -> None:
        async for holdings in in_pages(all_holdings(self._memory)):
            values = await known_values(self._memory, {holding.value for holding in holdings})
            versions = await versions_of(self._memory, {holding.birth_id for holding in holdings})
            known = (holding for holding in holdings if holding.birth_id not in self._erased)
            edges = remembered.holding_rows(known, versions, values)
            await self._write("values held, now or once", "restore_holdings", edges)
        async for memberships in in_pages(all_memberships(self._memory)):
            edges = list(map(remembered.membership_row, memberships))
            await self._write("memberships, now or once", "restore_memberships", edges)
        async for links in in_pages(all_links(self._memory)):
            values = await known_values(self._memory, {link.value for link in links if link.value})
            edges = [remembered.link_row(link, values) for link in links]
            await self._write("links, accepted or refused", "restore_links", edges)
        async for heirs in in_pages(all_heirs(self._memory)):
            await self._write("heirs", "restore_heirs", filter(None, map(remembered.heir_row, heirs)))
        async for goldens in in_pages(all_goldens(self._memory)):
            await self._write("mergers", "restore_mergers", filter(None, map(remembered.merger_row, goldens)))
        async for standing in in_pages(all_decisions(self._memory)):
            values = await known_values(self._memory, {it.value for it in standing if it.value})
            taken = (it for it in standing if it.undoes is None)  # an undo shows by what is not there
            rows = [remembered.decision_row(it, values, self._erased) for it in taken]
            await self._write("decisions", "decide_open", rows)

    async def judge_values(self) -> None:
        """Whether a value links is told by its holders, the policy and the stewards, and by no step."""
        read = partial(read_patiently, self._client)
        after = ""
        while rows := await read("resolve_read_values", after=after, limit=PAGE):
            keys = [row["key"] for row in rows]
            if stale := await stale_suppressions(read, keys, self._policy):
                await self._run("load_suppressions", rows=stale)
            after = keys[-1]

    async def mark(self) -> int:
        """Mark for resolution what steps touched after the last one that left nothing due."""
        everything = await decisions(self._memory, standing_only=False)
        records, values = remembered.concerned(everything, self._settled)
        keys = sorted(value.key for value in (await known_values(self._memory, values)).values())
        marked = await self._run("restore_marks", since=self._settled, records=sorted(records), values=keys)
        return int(marked[0]["marked"])

    async def _write_identifiers(self) -> None:
        """Those that records have or had, and those that were only ever decided about."""
        standing = remembered.standings(await decisions(self._memory))
        judged = {it.value for it in await decisions(self._memory, standing_only=False) if it.value}
        async for values in in_pages(all_values(self._memory)):
            await self._write_values(values, standing)
            judged.difference_update(value.value for value in values)
        await self._write_values((await known_values(self._memory, judged)).values(), standing)

    async def _write_values(self, values: Iterable[EvidenceValue], standing: Mapping[str, str]) -> None:
        rows = [remembered.identifier_row(value, standing.get(value.value)) for value in values]
        await self._write("identifiers", "restore_identifiers", rows)

    async def _write(self, what: str, statement: str, rows: Iterable[Row]) -> None:
        if page := list(rows):
            await self._run(statement, rows=page)
            self.written[what] += len(page)
            self._progress(f"{self.written[what]:,} {what}")

    async def _run(self, statement: str, **given: Any) -> list[Row]:
        async with self._client.transaction() as transaction:
            return await transaction.run(statement, **given)


async def read_patiently(client: GraphClient, name: str, **given: Any) -> list[Row]:
    """Run one named read of a long job, which may take longer than anybody who waits for an answer would."""
    return await client.read_text(statement(name), given, name=f"cypher/{name}.cypher", timeout=PATIENCE_SECONDS)


async def in_pages(stream: AsyncIterator[T]) -> AsyncIterator[list[T]]:
    """A stream by the thousands, as statements take it."""
    page: list[T] = []
    async for item in stream:
        page.append(item)
        if len(page) == PAGE:
            yield page
            page = []
    if page:
        yield page
