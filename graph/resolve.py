"""Resolving: marked records → raw components → the rule → differences → one step.

A step begins with some marked records and takes in their whole raw components, both those that are (over values and
claims) and those that were (over memberships). So it knows every record of every customer it touches, and only what
differs from the graph is written. A full resolution begins with every record and is otherwise the same.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass, field
from typing import Self

from graph.client import Counters, GraphClient
from graph.components import Read, Region, read_region
from graph.conclusion import Conclusion, conclude
from graph.differences import write_difference
from graph.memberships import Difference, Events, compare, count_events
from graph.resolution.policy import Policy, policy_hash
from graph.steps import OnPoint, Step, Writer, open_writer, settle_open_steps
from graph.suppressions import stale_suppressions
from ledger.ledger import Ledger
from ledger.steps import MembershipDelta

SEEDS_PER_STEP = 2_000  # records; some 5,000 with their raw components, so that nobody waits two seconds for the lock
COUNTED = ("records", "components", "created", "merged", "split", "moved", "churn", "links", "refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveReport:
    """What a resolution did; the events are those of `graph.memberships.Events`."""

    steps: tuple[int, ...] = ()
    records: int = 0  # looked at
    components: int = 0  # customers that these records make up
    created: int = 0
    merged: int = 0
    split: int = 0
    moved: int = 0
    churn: int = 0
    links: int = 0  # newly accepted, as edges of the spanning forest
    refused: int = 0  # newly refused
    counters: Counters = field(default_factory=Counters)
    statements: int = 0

    def __add__(self, other: Self) -> Self:
        return type(self)(**{name: getattr(self, name) + getattr(other, name) for name in self.__slots__})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What a step is going to write; false if there is nothing to write."""

    region: Region
    conclusion: Conclusion
    difference: Difference
    events: Events
    marked: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.difference or self.marked)


class Resolver:
    """Keeps customers, their links and golden records equal to what the rule says of the records that are loaded.

    ``trust`` is by source system, for the golden record. ``on_point`` is for crash tests, see `graph.steps`.
    """

    def __init__(
        self,
        client: GraphClient,
        ledger: Ledger,
        *,
        policy: Policy,
        trust: Mapping[str, float],
        on_point: OnPoint | None = None,
    ) -> None:
        self._client = client
        self._ledger = ledger
        self._policy = policy
        self._hash = policy_hash(policy)
        self._trust = trust
        self._on_point = on_point

    async def resolve(self) -> ResolveReport:
        """Work off the marked records, step by step; if the policy is another than last time, resolve everything.

        Nothing marked, nothing written. What a crash leaves is settled first.
        """
        await settle_open_steps(self._client, self._ledger)
        if await self._policy_changed():
            return await self._adopt_policy()
        report = ResolveReport()
        while marked := await self._client.read("resolve_read_marked", limit=SEEDS_PER_STEP):
            report += await self._resolve_seeds([row["key"] for row in marked], self._hash)
        return report

    async def resolve_all(self) -> ResolveReport:
        """Resolve every record anew; a graph that is as the rule says stays untouched."""
        await settle_open_steps(self._client, self._ledger)
        if await self._policy_changed():
            return await self._adopt_policy()
        return await self._resolve_everything(self._hash)

    async def _adopt_policy(self) -> ResolveReport:
        """Judge every value and resolve every record under the new policy; only the last step notes it on its :Run.

        So a crash on the way, or a return to the old policy, is seen by the next resolution, which starts over.
        """
        report = ResolveReport()
        async for keys in self._pages("resolve_read_values"):
            report += await self._judge_values(keys)
        report += await self._resolve_everything(None)
        async with self._writer() as writer, writer.step("resolve") as step:
            step.count(policy=self._policy.name, policy_hash=self._hash)
        return report + _written(step)

    async def _judge_values(self, keys: Sequence[str]) -> ResolveReport:
        """Suppress and release as the policy says, and mark all whom that concerns."""
        async with self._writer() as writer:
            stale = await stale_suppressions(writer.read, keys, self._policy)
            if not stale:
                return ResolveReport(statements=1)
            async with writer.step("resolve") as step:
                await step.run("load_suppressions", rows=stale)
                await step.run("load_mark_holders", keys=[row["key"] for row in stale], step=step.id)
                step.count(policy=self._policy.name)
            return _written(step)

    async def _resolve_everything(self, noted: str | None) -> ResolveReport:
        report = ResolveReport()
        done: set[str] = set()
        async for page in self._pages("resolve_read_page"):
            if not (seeds := [key for key in page if key not in done]):
                continue
            outlook = await self._look(self._client.read, seeds)
            done |= outlook.region.records.keys()
            # What was read without the lock may be past: only "nothing to do" is believed (else it is marked).
            report += await self._resolve_seeds(seeds, noted) if outlook else _report(outlook)
        return report

    async def _resolve_seeds(self, seeds: Sequence[str], noted: str | None) -> ResolveReport:
        """One step, if there is anything to write. ``noted`` is the policy hash for its :Run."""
        async with self._writer() as writer:
            outlook = await self._look(writer.read, seeds)
            return await self._write(writer, outlook, noted) if outlook else _report(outlook)

    async def _look(self, read: Read, seeds: Sequence[str]) -> Outlook:
        region = await read_region(read, seeds)
        conclusion = conclude(region, self._policy, self._trust)
        return Outlook(
            region=region,
            conclusion=conclusion,
            difference=compare(region.held, conclusion.view),
            events=count_events(region.held.memberships, conclusion.view.memberships),
            marked=tuple(key for key, record in region.records.items() if record.marked),
        )

    async def _write(self, writer: Writer, outlook: Outlook, noted: str | None) -> ResolveReport:
        counts = _report(outlook)
        async with writer.step("resolve", deltas=_deltas(outlook)) as step:
            await write_difference(step, outlook.difference, outlook.conclusion.customers, policy=self._hash)
            if outlook.marked:
                await step.run("resolve_clear_marks", records=list(outlook.marked))
            step.count(policy=self._policy.name, policy_hash=noted, **{name: getattr(counts, name) for name in COUNTED})
        return counts + _written(step)

    def _writer(self) -> AbstractAsyncContextManager[Writer]:
        return open_writer(self._client, self._ledger, on_point=self._on_point)

    async def _pages(self, statement: str) -> AsyncIterator[list[str]]:
        after = ""
        while rows := await self._client.read(statement, after=after, limit=SEEDS_PER_STEP):
            yield [row["key"] for row in rows]
            after = rows[-1]["key"]

    async def _policy_changed(self) -> bool:
        """Whether the last resolution was under another policy; a graph without one has everything marked."""
        last = await self._client.read("resolve_read_policy")
        return bool(last) and last[0]["policy_hash"] != self._hash


def _written(step: Step) -> ResolveReport:
    return ResolveReport(steps=(step.id,), counters=step.counters, statements=step.statements)


def _report(outlook: Outlook) -> ResolveReport:
    """What is known before anything is written."""
    return ResolveReport(
        records=len(outlook.region.records),
        components=len(set(outlook.conclusion.view.memberships.values())),
        links=len(outlook.difference.links_opened),
        refused=len(outlook.difference.refusals_opened),
        statements=outlook.region.statements,
        **asdict(outlook.events),
    )


def _deltas(outlook: Outlook) -> list[MembershipDelta]:
    """The changes of membership, without personal data."""
    old, new = dict(outlook.difference.closed), dict(outlook.difference.opened)
    return [
        MembershipDelta(outlook.region.records[key].birth_id, old.get(key), new.get(key))
        for key in sorted(old.keys() | new.keys())
    ]
