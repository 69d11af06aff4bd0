"""Numbered steps: the only way in which the graph changes, so that a crash at any point loses and doubles nothing.

1. take the writer lock (PostgreSQL) and raise the fence (Neo4j), settle what a writer before left open;
2. read and compute;
3. the ledger appends step N with all that it decides;
4. one Neo4j transaction checks the fence, applies, and creates ``(:Run {id: N})``;
5. the ledger appends the outcome of N, with what the :Run counts.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from graph.client import Counters, GraphClient, GraphTransaction, Row
from graph.errors import FenceLost
from ledger.entries import NO_ENTRIES, Entries, RankedBirth
from ledger.ledger import Ledger
from ledger.locks import writer_lock
from ledger.steps import AppendedStep, Outcome, append_outcome, append_step, open_steps

OnPoint = Callable[[str], None]
TOLD_BY_STEP = ("id", "kind", "at", "system")  # properties of a :Run that are no counts


class Step:
    """A step that has been appended and is being applied; ``id`` and ``at`` are the ledger's."""

    def __init__(self, appended: AppendedStep, transaction: GraphTransaction) -> None:
        self._appended = appended
        self._transaction = transaction
        self.counts: dict[str, Any] = {}  # further properties of its :Run, and of its outcome in the ledger

    @property
    def id(self) -> int:
        return self._appended.id

    @property
    def at(self) -> datetime:
        """When the step was appended: aware, UTC, never earlier than the step before."""
        return self._appended.at

    @property
    def ranks(self) -> Mapping[str, RankedBirth]:
        """What the births of this step got, by record key."""
        return self._appended.ranks

    @property
    def decisions(self) -> tuple[int, ...]:
        """The ids of this step's decisions, in the order given."""
        return self._appended.decisions

    @property
    def counters(self) -> Counters:
        return self._transaction.counters

    @property
    def statements(self) -> int:
        return self._transaction.statements

    async def run(self, name: str, **given: Any) -> list[Row]:
        """Run one named statement in the step's transaction."""
        return await self._transaction.run(name, **given)

    def count(self, **counts: Any) -> None:
        """Numbers and texts for the step's :Run and its outcome, such as counts and the policy; None says nothing."""
        self.counts |= {name: value for name, value in counts.items() if value is not None}


class Writer:
    """Holds the writer lock; made by `open_writer`."""

    def __init__(
        self, client: GraphClient, lock: AsyncConnection[Any], epoch: int, on_point: OnPoint | None = None
    ) -> None:
        self._client = client
        self._lock = lock
        self._epoch = epoch
        self._reach: OnPoint = on_point or (lambda point: None)

    async def read(self, name: str, **given: Any) -> list[Row]:
        """Run one named read; nobody else writes meanwhile."""
        return await self._client.read(name, **given)

    @asynccontextmanager
    async def step(
        self,
        kind: str,
        *,
        system: str | None = None,
        policy: str | None = None,
        entries: Entries = NO_ENTRIES,
    ) -> AsyncIterator[Step]:
        """Append a step, apply what the block runs, commit it with its :Run, append the outcome.

        ``policy`` is the hash of the policy by which a step resolves.

        An error anywhere leaves the step without outcome: the next writer settles it. Raises FenceLost where another
        writer took over; then nothing was written to the graph.
        """
        appended = await append_step(self._lock, kind, system=system, policy=policy, entries=entries)
        self._reach("appended")
        async with self._client.transaction() as transaction:
            if not await transaction.run("run_guard", step=appended.id, epoch=self._epoch):
                raise FenceLost(f"Another writer took over before step {appended.id}: nothing was written.")
            step = Step(appended, transaction)
            yield step
            run = {"id": step.id, "kind": kind, "at": step.at, "system": system}
            step.count(**(await transaction.run("run_commit", run=run, counts=step.counts))[0])
            self._reach("applied")
        self._reach("committed")
        await append_outcome(self._lock, appended.id, Outcome.COMMITTED, step.counts)


@asynccontextmanager
async def open_writer(client: GraphClient, ledger: Ledger, *, on_point: OnPoint | None = None) -> AsyncIterator[Writer]:
    """Become the one writer: wait for the lock, raise the fence, settle what was left open.

    ``on_point`` is told "appended", "applied" and "committed" (points 3, before the commit of 4, and after it), so
    that tests can crash there.
    """
    async with writer_lock(ledger) as lock:
        async with client.transaction() as transaction:
            rows = await transaction.run("run_fence")
        await _settle(client, lock)
        yield Writer(client, lock, rows[0]["epoch"], on_point)


async def settle_open_steps(client: GraphClient, ledger: Ledger) -> bool:
    """Settle what a writer that died left behind; writes nothing, and answers False, if it left nothing."""
    async with ledger.transaction() as connection:
        left = await open_steps(connection)
    if left:
        async with open_writer(client, ledger):
            pass
    return bool(left)


async def _settle(client: GraphClient, lock: AsyncConnection[Any]) -> None:
    if left := await open_steps(lock):
        applied = {row["run"]["id"]: row["run"] for row in await client.read("run_settle", steps=left)}
        for step in left:
            if run := applied.get(step):
                counts = {name: value for name, value in run.items() if name not in TOLD_BY_STEP}
                await append_outcome(lock, step, Outcome.COMMITTED, counts)
            else:
                await append_outcome(lock, step, Outcome.VOID)
