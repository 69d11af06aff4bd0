from collections.abc import AsyncIterator
from typing import Any, TypeVar

import pytest
from psycopg import AsyncConnection

from ledger.entries import (
    Entries,
    EvidenceDelta,
    EvidenceValue,
    Evident,
    GoldenVersion,
    HeirDelta,
    Heirship,
    LinkDelta,
    LinkFate,
    Presence,
    PresenceDelta,
    RecordVersion,
    Verdict,
)
from ledger.ledger import Ledger
from ledger.records import forget
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
from ledger.steps import Outcome
from tests.integration.ledger.told import EMAIL, PHONE, A, B, C, D, birth, decide, moves, tell

T = TypeVar("T")


@pytest.fixture
async def told(ledger: Ledger) -> Ledger:
    """A, B and C come, A leaves and returns, B leaves, C is erased and forgotten; D was never committed."""
    await tell(
        ledger,
        Entries(  # 1
            births=[birth(A), birth(B), birth(C)],
            versions=[RecordVersion(one, "h1", {"name": "Ann"}) for one in (A, B, C)],
            values=[EvidenceValue(PHONE, "Phone|1", {"kind": "Phone"}), EvidenceValue(EMAIL, "Email|1", {})],
            evidence=[EvidenceDelta(A, PHONE, Evident.HELD), EvidenceDelta(C, EMAIL, Evident.CLAIMED)],
        ),
        Entries(  # 2
            memberships=moves((A, None, A), (B, None, A), (C, None, C)).memberships,
            links=[
                LinkDelta(a=A, b=B, what=LinkFate.ACCEPTED, kind="Phone", value=PHONE, stage=3),
                LinkDelta(a=A, b=C, what=LinkFate.REFUSED, kind="Email", value=EMAIL, reason="ambiguous"),
            ],
            goldens=[GoldenVersion(A, {"status": "current", "n": 1}), GoldenVersion(C, {"status": "current"})],
        ),
        Entries(presences=[PresenceDelta(one, Presence.LEFT) for one in (A, B)]),  # 3
        Entries(  # 4
            presences=[PresenceDelta(A, Presence.RETURNED), PresenceDelta(C, Presence.ERASED)],
            versions=[RecordVersion(A, "h2", {"name": "Anne"})],
            evidence=[EvidenceDelta(A, PHONE, Evident.ENDED), EvidenceDelta(C, EMAIL, Evident.ENDED)],
            decisions=[decide(Verdict.SUPPRESS, value=PHONE), decide(Verdict.RELEASE, value=EMAIL)],
        ),
        Entries(  # 5
            memberships=moves((B, A, None), (C, C, None)).memberships,
            heirs=[HeirDelta(A, Heirship.NAMED, B), HeirDelta(B, Heirship.NAMED, A), HeirDelta(C, Heirship.NAMED)],
            links=[LinkDelta(a=A, b=C, what=LinkFate.ENDED, kind="Email", value=EMAIL, reason="ambiguous")],
            goldens=[GoldenVersion(A, {"status": "current", "n": 2}), GoldenVersion(C, {"status": "erased"})],
            decisions=[decide(Verdict.UNDO, undoes=1)],
        ),
        Entries(  # 6
            heirs=[HeirDelta(A, Heirship.DROPPED)],
            goldens=[GoldenVersion(C, {"status": "erased", "n": 2})],
        ),
    )
    lost = moves((A, A, None))
    await tell(ledger, Entries(births=[birth(D)], memberships=lost.memberships), outcome=Outcome.VOID)
    await tell(ledger, Entries(heirs=[HeirDelta(B, Heirship.DROPPED)]), outcome=None)
    async with ledger.transaction() as connection:
        await forget(connection, [C])
    return ledger


@pytest.fixture
async def reading(told: Ledger) -> AsyncIterator[AsyncConnection[Any]]:
    async with told.snapshot() as connection:
        yield connection


async def every(stream: AsyncIterator[T]) -> list[T]:
    return [it async for it in stream]


async def test_records_with_what_they_said_last(reading: AsyncConnection[Any]) -> None:
    told = await every(all_records(reading))
    assert [
        (it.birth_id, it.rank, it.key, it.incarnation, it.presence, it.presence_step, it.hash, it.said, it.step)
        for it in told
    ] == [
        (A, 1, birth(A).key, 0, Presence.RETURNED, 4, "h2", {"name": "Anne"}, 4),
        (B, 2, birth(B).key, 0, Presence.LEFT, 3, "h1", {"name": "Ann"}, 1),
        (C, 3, None, None, Presence.ERASED, 4, None, None, None),
    ]
    assert told[0].at == told[0].presence_at


async def test_intervals_of_values_and_of_memberships(reading: AsyncConnection[Any]) -> None:
    holdings = await every(all_holdings(reading))
    assert {(it.birth_id, it.value, it.what, it.from_step, it.to_step) for it in holdings} == {
        (A, PHONE, Evident.HELD, 1, 4),
        (C, EMAIL, Evident.CLAIMED, 1, 4),
    }
    assert await every(all_values(reading)) == [
        EvidenceValue(PHONE, "Phone|1", {"kind": "Phone"}),
        EvidenceValue(EMAIL, "Email|1", {}),  # nobody known has it any more, but somebody decided about it
    ]
    memberships = await every(all_memberships(reading))
    assert {(it.birth_id, it.gcid, it.from_step, it.to_step) for it in memberships} == {
        *((A, A, 2, None), (B, A, 2, 5), (C, C, 2, 5))
    }


async def test_what_is_in_force(reading: AsyncConnection[Any]) -> None:
    assert {(it.birth_id, it.heir, it.step) for it in await every(all_heirs(reading))} == {(B, A, 5), (C, None, 5)}
    links = await every(all_links(reading))
    assert {(it.a, it.b, it.what, it.value, it.stage, it.step) for it in links} == {
        (A, B, LinkFate.ACCEPTED, PHONE, 3, 2)
    }
    assert [it.id for it in await every(all_decisions(reading))] == [2, 3]


async def test_what_customers_say_and_since_when_they_are_what_they_are(reading: AsyncConnection[Any]) -> None:
    at = {run.step: run.at for run in await every(all_runs(reading))}
    assert sorted(at) == [1, 2, 3, 4, 5, 6]
    assert [(it.gcid, it.said, it.step, it.since_step, it.since) for it in await every(all_goldens(reading))] == [
        (A, {"status": "current", "n": 2}, 5, 2, at[2]),
        (C, {"status": "erased", "n": 2}, 6, 5, at[5]),  # since then, though what it said before is forgotten
    ]
