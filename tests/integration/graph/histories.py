"""A history on real stores beside what is expected of it, step by step."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from graph.decisions import Steward
from graph.errors import BadDecision, Conflict, NotFound
from graph.load import Loader
from graph.proposals import Different, Release, Same, Suppress, Undo
from graph.records import Batch, CustomerRecord, Departure
from graph.resolution.derived import with_derived
from graph.resolution.eligibility import Standing
from graph.resolution.global_ids import value_id
from graph.resolution.model import Verdict
from graph.resolution.policy import Policy
from graph.resolve import Resolver
from graph.restore import restore
from graph.statements import statement
from graph.steps import settle_open_steps
from graph.verify import verify
from graph.what_if import WhatIf
from ledger.decisions import decisions
from ledger.entries import Verdict as LedgerVerdict
from ledger.history import customers_at, holdings_at
from ledger.ledger import Ledger
from tests.integration.graph.expected import VALUE_KEYS, Expected, Judged, impossible, is_other_person, one_edge_each
from tests.integration.graph.foresight import assert_came_true
from tests.integration.graph.stores import Site

SECRET = b"integration tests of the histories"
READ_CUSTOMER = statement("read_customer_of_record").replace("{/*fields*/}", "customer.gcid")
START = datetime(2026, 3, 1, 8, tzinfo=UTC)
WHY = {"by": "tests", "reason": "the history says so"}


class Crash(Exception):
    """The process died here."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    step: int
    memberships: dict[str, str]
    evidence: frozenset[tuple[str, str, str]]  # (birth id, value id, held or claimed)


@dataclass
class History:
    stores: Site
    ledger: Ledger
    expected: Expected
    minutes: int = 0
    past: dict[str, list[CustomerRecord]] = field(default_factory=dict)  # versions that were loaded, by key
    forbidden: set[str] = field(default_factory=set)  # erased keys that were not released
    checkpoints: list[Checkpoint] = field(default_factory=list)

    # -- what can happen ------------------------------------------------------------------------------------------

    async def say(self, record: CustomerRecord, crash_at: str | None = None) -> None:
        """The source says something new of a record, or has it again."""
        self.minutes += 1
        record = replace(record, updated_at=START + timedelta(minutes=self.minutes))
        await self._load(record, crash_at)
        if record.key in self.forbidden:
            return
        it = self.expected
        new = record.key not in it.born
        back = record.key not in it.records and not new
        other = back and is_other_person(it.last[record.key], record)
        before = it.born.get(record.key)
        it.records[record.key] = it.last[record.key] = record
        self.past.setdefault(record.key, []).append(record)
        await self._read_births()
        assert (it.born[record.key] != before) == (new or other), "an incarnation exactly for somebody else"
        it.parties[it.born[record.key]] = record.party_type

    async def leave(self, key: str, crash_at: str | None = None) -> None:
        """The source has a record no more."""
        self.minutes += 1
        await self._load(Departure(key, at=START + timedelta(minutes=self.minutes)), crash_at)
        self.expected.records.pop(key, None)

    async def redeliver(self, record: CustomerRecord) -> None:
        """A version of the past comes again: nothing is written."""
        report = await self._loader().load(_batch(record))
        assert report.step is None

    async def decide(self, verdict: Verdict, left: frozenset[str], right: frozenset[str]) -> None:
        """Judge records by their keys; a decision that contradicts standing ones must be refused."""
        steward, contradicts = self._steward(), self._contradicts(verdict, left, right)
        try:
            if verdict is Verdict.SAME:
                await steward.decide(Same(*left, *right), **WHY)
            else:
                await steward.decide(Different(left, right), **WHY)
        except Conflict:
            assert contradicts
        else:
            assert not contradicts
        await self._read_decisions()

    async def stand(self, standing: Standing, kind: str, raw: str) -> None:
        """Suppress or release a value of the tests' worlds."""
        word = Suppress if standing is Standing.SUPPRESS else Release
        await self._steward().decide(word(kind, raw, "KE"), **WHY)
        await self._read_decisions()

    async def undo(self, decision: int) -> None:
        """Not taken, undone already, or what it would revive contradicts: then nothing changes, which `check` sees."""
        with suppress(NotFound, BadDecision, Conflict):
            await self._steward().decide(Undo(decision), **WHY)
        await self._read_decisions()

    async def erase(self, key: str) -> None:
        await self._steward().erase(key, **WHY)
        it = self.expected
        it.records.pop(key, None)
        it.last.pop(key, None)
        birth = it.born.pop(key)
        it.erased.add(birth)
        it.parties.pop(birth, None)
        self.past.pop(key, None)
        self.forbidden.add(key)
        await self._read_decisions()

    async def release_erased(self, key: str) -> None:
        await self._steward().release_erased(key, **WHY)
        self.forbidden.discard(key)

    async def resolve(self, crash_at: str | None = None) -> None:
        if crash_at:
            await _crashing(self._resolver(crash_at).resolve())
        await self._resolver().resolve()

    async def adopt(self, policy: Policy) -> None:
        """What a preview says comes to pass, with all that was due besides."""
        self.expected.policy = policy
        resolver = self._resolver()
        foreseen = await WhatIf(self.stores.client, self.ledger, secret=SECRET, resolver=resolver).adoption()
        report = await resolver.resolve()
        lives = await self.stores.rows("MATCH (s)-[:RESOLVES_TO]->(g) RETURN s.key, g.gcid")
        assert_came_true(foreseen, report, dict(lives))

    async def rebuild(self) -> None:
        """The graph is lost; the ledger makes it again, to the last property.

        It may mark more for resolution than was marked, but nothing where nothing was.
        """
        await settle_open_steps(self.stores.client, self.ledger)
        due = bool(await self.stores.rows("MATCH (s:Unresolved) RETURN s LIMIT 1"))
        before = await self.stores.whole_graph(marks=not due)
        await self.stores.wipe()
        await restore(self.stores.client, self.ledger, policy=self.expected.policy)
        after = await self.stores.whole_graph(marks=not due)
        assert (after - before, before - after) == (set(), set())

    # -- what must hold -------------------------------------------------------------------------------------------

    async def check(self) -> None:
        """After a resolution: L1, L2, L4, L5, L7, L9; then that another run writes nothing (L3)."""
        said = self.expected.resolve()
        it, rows = self.expected, self.stores.rows
        held = await rows("MATCH (s)-[:RESOLVES_TO]->(g) RETURN s.birth_id, g.gcid")
        assert (len(held), dict(held)) == (len(it.memberships), it.memberships)
        links = await rows("MATCH (a)-[l:LINKED]->(b) RETURN a.key, b.key, l.identifier, l.stage")
        assert set(links) == {(link.a, link.b, link.identifier, link.stage) for link in said.links}
        refused = await rows("MATCH (a)-[q:QUARANTINED]->(b) RETURN a.key, b.key, q.identifier, q.reason, q.inside")
        assert set(refused) == {(r.a, r.b, r.identifier, r.reason.value, r.inside) for r in said.refused}
        statuses = await rows("MATCH (g:GlobalCustomer) RETURN g.gcid, g.status")
        assert dict(statuses) == it.statuses()
        heirs = await rows("MATCH (g:Ghost)-[:HEIR]->(h) RETURN g.birth_id, h.birth_id")
        assert dict(heirs) == {ghost: heir for ghost, heir in it.heirs.items() if heir is not None}
        await self._check_answers()
        findings = await verify(self.stores.client, self.ledger, secret=SECRET, policy=it.policy)
        assert findings == []
        await self._check_that_nothing_is_left_to_do()
        await self._note()

    async def _check_answers(self) -> None:
        """L7: every id ever issued has one answer."""
        for gcid in self.expected.issued:
            found = await self.stores.client.read_text(READ_CUSTOMER, {"gcid": gcid}, name="read_customer_of_record")
            answer = self.expected.answer(gcid)
            assert [row["item"] for row in found] == ([] if answer is None else [answer])

    async def _check_that_nothing_is_left_to_do(self) -> None:
        steps = await self._steps()
        for record in self.expected.records.values():
            assert (await self._loader().load(_batch(record))).step is None
        assert (await self._resolver().resolve()).steps == ()
        assert (await self._resolver().resolve_all()).steps == ()
        assert await self._steps() == steps

    async def check_the_past(self) -> None:
        """L8: memberships and evidence at every past step."""
        births = list(self.expected.ranks)
        async with self.ledger.transaction() as connection:
            for point in self.checkpoints:
                assert await customers_at(connection, births, point.step) == point.memberships
                held = await holdings_at(connection, births, point.step)
                erased = self.expected.erased
                assert {(birth, value, str(what)) for birth, value, what, *_ in held if birth not in erased} == {
                    it for it in point.evidence if it[0] not in erased
                }

    async def _note(self) -> None:
        evidence = {
            (self.expected.born[key], str(value_id(SECRET, value.key)), "held" if value.verified else "claimed")
            for key, record in self.expected.records.items()
            for value in one_edge_each(with_derived(record, self.expected.policy))
        }
        step = await self._steps()
        self.checkpoints.append(Checkpoint(step, dict(self.expected.memberships), frozenset(evidence)))

    # -- the stores -----------------------------------------------------------------------------------------------

    async def _load(self, item: CustomerRecord | Departure, crash_at: str | None) -> None:
        if crash_at:
            await _crashing(self._loader(crash_at).load(_batch(item)))
        await self._loader().load(_batch(item))

    def _loader(self, crash_at: str | None = None) -> Loader:
        policy = self.expected.policy
        return Loader(self.stores.client, self.ledger, secret=SECRET, policy=policy, on_point=_bomb(crash_at))

    def _resolver(self, crash_at: str | None = None) -> Resolver:
        it = self.expected
        return Resolver(
            self.stores.client, self.ledger, secret=SECRET, policy=it.policy, trust={"s": 1}, on_point=_bomb(crash_at)
        )

    def _steward(self) -> Steward:
        return Steward(self.stores.client, self.ledger, secret=SECRET, resolver=self._resolver())

    async def _read_births(self) -> None:
        query = "MATCH (s:SourceCustomer) WHERE s.birth_id IS NOT NULL RETURN s.key, s.birth_id, s.rank, s:Ghost"
        for key, birth, rank, ghost in await self.stores.rows(query):
            self.expected.ranks[birth] = rank
            if not ghost:
                self.expected.born[key] = birth

    async def _read_decisions(self) -> None:
        """Which decisions stand is the ledger's word; whether they are honoured is checked against the graph."""
        async with self.ledger.transaction() as connection:
            standing = await decisions(connection)
        it = self.expected
        it.judged = {
            d.id: Judged(d.id, Verdict(str(d.verdict)), frozenset(d.left), frozenset(d.right))
            for d in standing
            if d.verdict in (LedgerVerdict.SAME, LedgerVerdict.DIFFERENT)
        }
        names = {str(value_id(SECRET, key)): key for key in VALUE_KEYS}
        it.standings = {
            names[str(d.value)]: Standing(str(d.verdict))
            for d in standing
            if d.verdict in (LedgerVerdict.SUPPRESS, LedgerVerdict.RELEASE)
        }

    def _contradicts(self, verdict: Verdict, left: frozenset[str], right: frozenset[str]) -> bool:
        """Whether the standing decisions, dormant ones too, could be honoured without this one, and cannot with it."""
        it = self.expected
        new = Judged(0, verdict, *(frozenset(it.born[key] for key in side) for side in (left, right)))
        standing = list(it.judged.values())
        return impossible([*standing, new], it.parties) and not impossible(standing, it.parties)

    async def _steps(self) -> int:
        async with self.ledger.transaction() as connection:
            row = await (await connection.execute("SELECT coalesce(max(id), 0) FROM step")).fetchone()
        assert row is not None
        return int(row[0])


def _batch(item: CustomerRecord | Departure) -> Batch:
    return Batch(system="s", table="customer", records=(item,), position=None)


def _bomb(crash_at: str | None) -> Callable[[str], None]:
    def reach(point: str) -> None:
        if point == crash_at:
            raise Crash

    return reach


async def _crashing(work: Awaitable[Any]) -> None:
    """What found nothing to do does not reach the point."""
    with suppress(Crash):
        await work
