"""Resolving: marked records → raw components → the rule → differences → one step.

A step begins with some marked records and takes in their whole raw components, both those that are (over values, claims
and *sames*) and those that were (over memberships and heirs). So it knows every record of every customer it touches,
and only what differs from the graph is written. A full resolution begins with every record and is otherwise the same.
"""

from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass, field, replace
from typing import Self

from graph.client import Counters, GraphClient
from graph.components import NOTHING, Overlay, Read, Region, read_region
from graph.conclusion import Conclusion, change_of, conclude
from graph.deltas import entries_of
from graph.derive import derive_identifiers, foresee_derived
from graph.differences import write_difference
from graph.events import Causes, Change, churn, identity_events
from graph.memberships import Difference, compare
from graph.resolution.eligibility import Eligibility
from graph.resolution.policy import Policy, policy_hash
from graph.steps import OnPoint, Step, Writer, open_writer, settle_open_steps
from graph.suppressions import eligibility_of, stale_suppressions, write_suppressions
from graph.upheaval import Limit, Quota
from ledger.entries import EventKind, IdentityEvent
from ledger.ledger import Ledger

SEEDS_PER_STEP = 2_000  # records; some 5,000 with their raw components, so that nobody waits two seconds for the lock
Announce = Callable[[], Awaitable[None]]
COUNTED = ("records", "components", "created", "merged", "split", "moved", "closed", "churn", "links", "refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveReport:
    """What a resolution did; events as `graph.events.identity_events` defines them."""

    steps: tuple[int, ...] = ()
    records: int = 0  # looked at
    components: int = 0  # customers that these records make up
    created: int = 0  # customers
    merged: int = 0  # customers into which others merged
    split: int = 0  # customers
    moved: int = 0  # records
    closed: int = 0  # customers, also those that erasure ended
    churn: int = 0  # records whose id changed
    links: int = 0  # newly accepted, as edges of the spanning forest
    refused: int = 0  # newly refused
    counters: Counters = field(default_factory=Counters)
    statements: int = 0

    def __add__(self, other: Self) -> Self:
        return type(self)(**{name: getattr(self, name) + getattr(other, name) for name in self.__slots__})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What a step is going to write, or would; false if there is nothing to write."""

    region: Region
    conclusion: Conclusion
    difference: Difference
    change: Change
    events: tuple[IdentityEvent, ...]
    marked: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.difference or self.marked)


class Resolver:
    """Keeps customers, their links and golden records equal to what the rule says of the records that are loaded.

    ``secret`` names values in the ledger. ``trust`` is by source system, for the golden record. ``on_point`` is for
    crash tests, see `graph.steps`.
    """

    def __init__(
        self,
        client: GraphClient,
        ledger: Ledger,
        *,
        secret: bytes,
        policy: Policy,
        trust: Mapping[str, float],
        on_point: OnPoint | None = None,
    ) -> None:
        self._client = client
        self._ledger = ledger
        self._secret = secret
        self._policy = policy
        self._hash = policy_hash(policy)
        self._trust = trust
        self._on_point = on_point

    @property
    def policy(self) -> Policy:
        return self._policy

    async def resolve(self, limit: Limit | None = None, announce: Announce | None = None) -> ResolveReport:
        """Work off the marked records, step by step; if the policy is another than last time, resolve everything.

        Nothing marked, nothing written. What a crash leaves is settled first. Raises Upheaval, and has written nothing
        of it, where more customers would lose records than ``limit`` allows. ``announce`` is called before another
        policy is adopted, which is not limited here; what it raises stops that.
        """
        await settle_open_steps(self._client, self._ledger)
        if await self.policy_changed():
            return await self._adopt_policy(announce)
        report, quota = ResolveReport(), None
        while marked := await self._client.read("resolve_read_marked", limit=SEEDS_PER_STEP):
            if limit and quota is None:
                quota = await self._open_quota(limit, several=len(marked) == SEEDS_PER_STEP)
            report += await self._resolve_seeds([row["key"] for row in marked], self._hash, quota)
        return report

    async def _open_quota(self, limit: Limit, *, several: bool) -> Quota:
        """The quota of a resolution; where that takes several steps, nothing is written before all were looked at."""
        quota = Quota(limit, (await self._client.read("resolve_count_customers"))[0]["customers"])
        if several:
            members = [row["key"] for row in await self._client.read("resolve_read_marked_members")]
            foreseen = Quota(limit, quota.customers)
            for start in range(0, len(members), SEEDS_PER_STEP):
                foreseen.take((await self.look(members[start : start + SEEDS_PER_STEP])).change)
        return quota

    async def resolve_all(self, announce: Announce | None = None) -> ResolveReport:
        """Resolve every record anew; a graph that is as the rule says stays untouched. ``announce`` as in `resolve`."""
        await settle_open_steps(self._client, self._ledger)
        if await self.policy_changed():
            return await self._adopt_policy(announce)
        return await self._resolve_everything(self._hash)

    async def policy_changed(self) -> bool:
        """Whether the last resolution was under another policy; a graph without one has everything marked."""
        last = await self._client.read("resolve_read_policy")
        return bool(last) and last[0]["policy_hash"] != self._hash

    async def look(self, seeds: Sequence[str], suppose: Overlay = NOTHING) -> Outlook:
        """What the raw components of these records, by key, come to; reads only.

        Give as seeds all that a supposition concerns. Holders of a value that it suppresses are found by themselves.
        """
        return await self._look(self._client.read, seeds, suppose)

    async def survey(self, suppose: Overlay = NOTHING) -> AsyncGenerator[Outlook, None]:
        """Look at every record once, in parts of bounded size; reads only.

        Under a supposed policy every value is judged anew, but for those of which ``suppose`` itself says what counts;
        derived identifiers are those that it would derive, whatever the graph holds of them.
        """
        if suppose.policy is not None:
            judged = await self._judge_all(suppose.policy)
            derived = await foresee_derived(self._client.read, suppose.policy)
            suppose = replace(suppose, eligibility=judged | dict(suppose.eligibility), derived=derived)
        done: set[str] = set()
        async with aclosing(self._pages("resolve_read_page")) as pages:
            async for page in pages:
                if seeds := [key for key in page if key not in done]:
                    outlook = await self.look(seeds, suppose)
                    done.update(key for key, _ in outlook.region.nodes())
                    yield outlook

    async def _adopt_policy(self, announce: Announce | None) -> ResolveReport:
        """Derive, judge and resolve all under the new policy; only the last step notes it on its :Run.

        So a crash on the way, or a return to the old policy, is seen by the next resolution, which starts over.
        """
        if announce is not None:
            await announce()
        derived = await derive_identifiers(
            self._client, self._ledger, secret=self._secret, policy=self._policy, on_point=self._on_point
        )
        report = ResolveReport(steps=derived)
        async for keys in self._pages("resolve_read_values"):
            report += await self._judge_values(keys)
        report += await self._resolve_everything(None)
        async with self._writer() as writer, writer.step("resolve", policy=self._hash) as step:
            step.count(policy=self._policy.name, policy_hash=self._hash)
        return report + _written(step)

    async def _judge_values(self, keys: Sequence[str]) -> ResolveReport:
        """Suppress and release as the policy says, and mark all whom that concerns."""
        async with self._writer() as writer:
            stale = await stale_suppressions(writer.read, keys, self._policy)
            if not stale:
                return ResolveReport(statements=1)
            async with writer.step("resolve", policy=self._hash) as step:
                await write_suppressions(step, stale)
                step.count(policy=self._policy.name)
            return _written(step)

    async def _judge_all(self, policy: Policy) -> dict[str, Eligibility]:
        """Of the values that the policy judges otherwise than the graph holds them: what it says."""
        judged: dict[str, Eligibility] = {}
        async for keys in self._pages("resolve_read_values"):
            for row in await stale_suppressions(self._client.read, keys, policy):
                judged[row["key"]] = eligibility_of(row)
        return judged

    async def _resolve_everything(self, noted: str | None) -> ResolveReport:
        report = ResolveReport()
        async with aclosing(self.survey()) as outlooks:
            async for outlook in outlooks:
                # What was read without the lock may be past: only "nothing to do" is believed (else it is marked).
                seeds = [key for key, _ in outlook.region.nodes()]
                report += await self._resolve_seeds(seeds, noted) if outlook else _report(outlook)
        return report

    async def _resolve_seeds(
        self, seeds: Sequence[str], noted: str | None, quota: Quota | None = None
    ) -> ResolveReport:
        """One step, if there is anything to write. ``noted`` is the policy hash for its :Run."""
        async with self._writer() as writer:
            outlook = await self._look(writer.read, seeds, NOTHING)
            if quota:
                quota.take(outlook.change)
            return await self._write(writer, outlook, noted) if outlook else _report(outlook)

    async def _look(self, read: Read, seeds: Sequence[str], suppose: Overlay) -> Outlook:
        region = await read_region(read, seeds, suppose)
        conclusion = conclude(region, suppose.policy or self._policy, self._trust)
        change = change_of(region, conclusion)
        return Outlook(
            region=region,
            conclusion=conclusion,
            difference=compare(region.held, conclusion.view),
            change=change,
            events=identity_events(change),
            marked=tuple(key for key, node in region.nodes() if node.marked),
        )

    async def _write(self, writer: Writer, outlook: Outlook, noted: str | None) -> ResolveReport:
        counts = _report(outlook)
        region, conclusion, difference = outlook.region, outlook.conclusion, outlook.difference
        causes = Causes(outlook.change)
        entries = entries_of(region, conclusion, difference, outlook.events, causes, secret=self._secret)
        async with writer.step("resolve", policy=self._hash, entries=entries) as step:
            await write_difference(step, difference, conclusion.customers, policy=self._hash)
            if outlook.marked:
                await step.run("resolve_clear_marks", records=list(outlook.marked))
            step.count(policy=self._policy.name, policy_hash=noted, **{name: getattr(counts, name) for name in COUNTED})
        return counts + _written(step)

    def _writer(self) -> AbstractAsyncContextManager[Writer]:
        return open_writer(self._client, self._ledger, on_point=self._on_point)

    async def _pages(self, statement: str) -> AsyncGenerator[list[str], None]:
        after = ""
        while rows := await self._client.read(statement, after=after, limit=SEEDS_PER_STEP):
            yield [row["key"] for row in rows]
            after = rows[-1]["key"]


def _written(step: Step) -> ResolveReport:
    return ResolveReport(steps=(step.id,), counters=step.counters, statements=step.statements)


def _report(outlook: Outlook) -> ResolveReport:
    """What is known before anything is written."""
    happened = Counter(event.what for event in outlook.events)
    return ResolveReport(
        records=len(outlook.region.records),
        components=len(set(outlook.conclusion.view.memberships.values())),
        created=happened[EventKind.CREATED],
        merged=happened[EventKind.MERGED],
        split=happened[EventKind.SPLIT],
        moved=sum(event.records for event in outlook.events if event.what is EventKind.MOVED),
        closed=happened[EventKind.CLOSED] + happened[EventKind.ERASED],
        churn=churn(outlook.region.held.memberships, outlook.conclusion.view.memberships),
        links=len(outlook.difference.links_opened),
        refused=len(outlook.difference.refusals_opened),
        statements=outlook.region.statements,
    )
