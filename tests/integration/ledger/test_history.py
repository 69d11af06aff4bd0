from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from psycopg import AsyncConnection

from ledger.entries import (
    Entries,
    EventKind,
    EvidenceDelta,
    Evident,
    GoldenVersion,
    IdentityEvent,
    LinkDelta,
    LinkFate,
    RecordVersion,
    Verdict,
)
from ledger.history import (
    bearers,
    customers_at,
    events,
    golden_at,
    holders_of,
    holdings_at,
    links_of,
    members_at,
    runs,
    step_at,
    versions_of,
)
from ledger.ledger import Ledger
from ledger.steps import Outcome
from tests.integration.ledger.told import EMAIL, MARCH, PHONE, A, B, C, D, birth, decide, moves, tell


@pytest.fixture
async def born(ledger: Ledger) -> Ledger:
    """Step 1."""
    await tell(ledger, Entries(births=[birth(one) for one in (A, B, C, D)]), kind="load", system="core")
    return ledger


@pytest.fixture
async def reading(born: Ledger) -> AsyncIterator[AsyncConnection[Any]]:
    async with born.session() as connection:
        yield connection


async def test_members_before_and_after_mergers_and_splits(born: Ledger, reading: AsyncConnection[Any]) -> None:
    await tell(
        born,
        moves((A, None, A), (B, None, B), (C, None, C)),  # 2
        moves((B, B, A), (C, C, A)),  # 3: merged
        moves((C, A, C)),  # 4: split
        moves((B, A, C)),  # 5: moved
        moves((A, A, None), (B, C, A), (C, C, A)),  # 6: A left, its heirs go on under its name
    )
    await tell(born, moves((B, A, None), (C, A, None)), outcome=Outcome.VOID)
    members = {step: [await members_at(reading, gcid, step) for gcid in (A, B, C)] for step in (1, 2, 3, 4, 5, 6, None)}
    assert members == {
        1: [set(), set(), set()],
        2: [{A}, {B}, {C}],
        3: [{A, B, C}, set(), set()],
        4: [{A, B}, set(), {C}],
        5: [{A}, set(), {B, C}],
        6: [{B, C}, set(), set()],
        None: [{B, C}, set(), set()],
    }
    assert await customers_at(reading, [A, B, D], 5) == {A: A, B: C}
    assert await customers_at(reading, [A, B, D]) == {B: A}
    assert [await bearers(reading, gcid) for gcid in (A, B, C, D)] == [{A, B, C}, {B}, {B, C}, set()]


async def test_the_step_at_a_time_is_the_last_committed_one(born: Ledger, reading: AsyncConnection[Any]) -> None:
    (second,) = await tell(born, Entries())
    (void,) = await tell(born, Entries(), outcome=Outcome.VOID)
    (fourth,) = await tell(born, Entries())
    assert await step_at(reading, void.at) == 2
    assert await step_at(reading, fourth.at) == 4
    assert await step_at(reading, second.at + (void.at - second.at) / 2) == 2
    assert await step_at(reading, fourth.at + timedelta(days=1)) == 4
    assert await step_at(reading, MARCH - timedelta(days=9_000)) is None


async def test_who_held_a_value_when_as_we_knew_and_as_the_source_says(
    born: Ledger, reading: AsyncConnection[Any]
) -> None:
    begun, ended = MARCH - timedelta(days=30), MARCH

    def has(birth_id: str, what: Evident, source_at: datetime | None = None, value: str = PHONE) -> Entries:
        return Entries(evidence=[EvidenceDelta(birth_id, value, what, source_at)])

    steps = await tell(
        born,
        has(A, Evident.HELD, begun),  # 2
        has(B, Evident.CLAIMED),  # 3
        has(A, Evident.ENDED, ended),  # 4
        has(B, Evident.HELD),  # 5
        has(A, Evident.HELD),  # 6
        has(B, Evident.HELD, value=EMAIL),  # 7
    )
    await tell(born, has(B, Evident.ENDED), outcome=Outcome.VOID)
    at = {step.id: step.at for step in steps} | {None: None}
    told = await holders_of(reading, PHONE)
    assert [(it.birth_id, it.what, it.from_step, it.to_step, it.source_from, it.source_to) for it in told] == [
        (A, Evident.HELD, 2, 4, begun, ended),
        (B, Evident.CLAIMED, 3, 5, None, None),
        (B, Evident.HELD, 5, None, None, None),
        (A, Evident.HELD, 6, None, None, None),
    ]
    assert {(it.from_at, it.to_at) for it in told} == {(at[it.from_step], at[it.to_step]) for it in told}
    assert set(await holdings_at(reading, [A, B], 3)) == {
        (A, PHONE, Evident.HELD, 2, at[2], begun),
        (B, PHONE, Evident.CLAIMED, 3, at[3], None),
    }
    assert {it[:4] for it in await holdings_at(reading, [A, B], 4)} == {(B, PHONE, Evident.CLAIMED, 3)}
    assert {it[:4] for it in await holdings_at(reading, [A, B])} == {
        *((A, PHONE, Evident.HELD, 6), (B, PHONE, Evident.HELD, 5), (B, EMAIL, Evident.HELD, 7))
    }


async def test_what_was_said_at_a_step(born: Ledger, reading: AsyncConnection[Any]) -> None:
    def says(name: str) -> Entries:
        return Entries(goldens=[GoldenVersion(A, {"name": name})], versions=[RecordVersion(A, name, {"name": name})])

    await tell(born, says("Ann"), Entries(), says("Anne"))
    await tell(born, says("Anna"), outcome=Outcome.VOID)
    assert [await golden_at(reading, A, step) for step in (1, 2, 3, 4, None)] == [
        *(None, {"name": "Ann"}, {"name": "Ann"}, {"name": "Anne"}, {"name": "Anne"})
    ]
    assert await golden_at(reading, B) is None
    assert [(it.step, it.hash, it.said) for it in await versions_of(reading, [A, B])] == [
        *((2, "Ann", {"name": "Ann"}), (4, "Anne", {"name": "Anne"}))
    ]
    assert [it.step for it in await versions_of(reading, [A], 3)] == [2]


async def test_links_as_of_a_step(born: Ledger, reading: AsyncConnection[Any]) -> None:
    def link(what: LinkFate, reason: str | None = None, value: str = PHONE) -> LinkDelta:
        stage = 3 if what is LinkFate.ACCEPTED else None
        return LinkDelta(a=A, b=B, what=what, kind="Phone", value=value, stage=stage, reason=reason)

    same = LinkDelta(a=B, b=C, what=LinkFate.ACCEPTED, kind="same", decision=1)
    await tell(born, Entries(links=[link(LinkFate.REFUSED, "ambiguous"), same]), policy="a1b2")  # 2
    # 3: what was refused is accepted, and another value links too
    flipped = [link(LinkFate.ACCEPTED), link(LinkFate.ENDED, "ambiguous"), link(LinkFate.ACCEPTED, value=EMAIL)]
    await tell(born, Entries(links=flipped))
    await tell(born, Entries(links=[link(LinkFate.ENDED)]), outcome=Outcome.VOID)
    await tell(born, Entries(links=[link(LinkFate.ENDED, value=EMAIL)]))  # 5

    async def links(*birth_ids: str, step: int | None = None) -> set[tuple[Any, ...]]:
        told = await links_of(reading, birth_ids, step)
        return {(it.a, it.b, it.what, it.value, it.decision, it.stage, it.reason, it.step, it.policy) for it in told}

    refused = (A, B, LinkFate.REFUSED, PHONE, None, None, "ambiguous", 2, "a1b2")
    by_decision = (B, C, LinkFate.ACCEPTED, None, 1, None, None, 2, "a1b2")
    accepted = (A, B, LinkFate.ACCEPTED, PHONE, None, 3, None, 3, None)
    also = (A, B, LinkFate.ACCEPTED, EMAIL, None, 3, None, 3, None)
    assert await links(B, step=2) == {refused, by_decision}
    assert await links(B, step=3) == {accepted, also, by_decision}
    assert await links(B) == {accepted, by_decision}
    assert await links(A) == {accepted}
    assert await links(D) == set()


async def test_events_in_order_with_their_causes(born: Ledger, reading: AsyncConnection[Any]) -> None:
    def event(what: EventKind, gcid: str, *others: str, cause: int | None = None) -> IdentityEvent:
        return IdentityEvent(what=what, gcid=gcid, others=others, records=1, cause=cause)

    created = [event(EventKind.CREATED, one, cause=1) for one in (A, B, C)]
    await tell(born, Entries(events=created))  # 2
    await tell(born, Entries(decisions=[decide(Verdict.SAME, left=[A], right=[B])]), kind="decide")  # 3
    (fourth,) = await tell(born, Entries(events=[event(EventKind.MERGED, A, B, cause=3)]))
    await tell(born, Entries(events=[event(EventKind.SPLIT, A, B)]), outcome=Outcome.VOID)

    told = await events(reading)
    assert [(it.step, it.number, it.what, it.gcid, it.others) for it in told] == [
        (2, 1, EventKind.CREATED, A, ()),
        (2, 2, EventKind.CREATED, B, ()),
        (2, 3, EventKind.CREATED, C, ()),
        (4, 1, EventKind.MERGED, A, (B,)),
    ]
    assert {(it.cause, it.cause_kind, it.cause_system, it.cause_decision) for it in told} == {
        *((1, "load", "core", None), (3, "decide", None, 1))
    }
    assert told[-1].at == fourth.at
    assert [(it.step, it.number) for it in await events(reading, B)] == [(2, 2), (4, 1)]
    assert [(it.step, it.number) for it in await events(reading, after=(2, 1), limit=2)] == [(2, 2), (2, 3)]
    assert [(it.step, it.number) for it in await events(reading, B, after=(2, 2))] == [(4, 1)]


async def test_runs_tell_their_churn(born: Ledger, reading: AsyncConnection[Any]) -> None:
    await tell(born, moves((A, None, A), (B, None, B), (C, None, C)), counts={"created": 3}, policy="a1b2")  # 2
    await tell(born, Entries(births=[birth(PHONE)]), kind="load", outcome=Outcome.VOID)  # 3: the birth holds
    await tell(born, moves((B, B, A), (C, C, None)), counts={"merged": 1})  # 4
    told = await runs(reading, 10)
    assert [(it.step, it.kind, it.system, it.policy, it.counts, it.churn, it.records) for it in told] == [
        (4, "resolve", None, None, {"merged": 1}, 2, 5),
        (2, "resolve", None, "a1b2", {"created": 3}, 0, 4),
        (1, "load", "core", None, {}, 0, 4),
    ]
    assert [it.step for it in await runs(reading, 2)] == [4, 2]
