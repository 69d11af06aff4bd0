import traceback
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from ledger.entries import (
    Entries,
    Erasing,
    Erasure,
    EventKind,
    EvidenceDelta,
    EvidenceValue,
    Evident,
    GoldenVersion,
    HeirDelta,
    Heirship,
    IdentityEvent,
    LinkDelta,
    LinkFate,
    MembershipDelta,
    Presence,
    PresenceDelta,
    RankedBirth,
    RecordVersion,
    StepNote,
    Verdict,
)
from ledger.errors import LedgerError
from ledger.ledger import Ledger
from ledger.locks import writer_lock
from ledger.steps import Outcome, append_outcome, append_step, open_steps
from tests.integration.ledger.told import EMAIL, ID_CARD, MARCH, PHONE, A, B, C, D, birth, decide, tell

CHAIN = (
    *("step", "outcome", "rank", "membership_delta", "presence_delta", "heir_delta", "evidence_delta", "link_delta"),
    *("identity_event", "decision", "decision_record", "erasure"),
)


async def read(ledger: Ledger, query: str) -> set[tuple[Any, ...]]:
    """Rows as a set, with UUIDs and JSON as PostgreSQL spells them."""
    async with ledger.transaction() as connection:
        rows = await connection.execute(query.encode())
        return {tuple(row) async for row in rows}


async def test_births_get_the_next_ranks_in_their_order(ledger: Ledger) -> None:
    (first,) = await tell(ledger, Entries(births=[birth(C), birth(A)]), kind="load", system="core")
    again = birth(D, 1, key=birth(A).key)
    (second,) = await tell(ledger, Entries(births=[birth(B), again]), kind="load", system="core")
    assert first.ranks == {birth(C).key: RankedBirth(C, 1), birth(A).key: RankedBirth(A, 2)}
    assert second.ranks == {birth(B).key: RankedBirth(B, 3), birth(A).key: RankedBirth(D, 4, 1)}
    assert first.at <= second.at
    assert await read(ledger, "SELECT birth_id::text, rank, step FROM rank") == {
        *((C, 1, 1), (A, 2, 1), (B, 3, 2), (D, 4, 2))
    }
    assert await read(ledger, "SELECT key, birth_id::text, incarnation FROM record_key") == {
        *((birth(C).key, C, 0), (birth(A).key, A, 0), (birth(B).key, B, 0), (birth(A).key, D, 1))
    }


async def test_a_step_says_its_kind_system_policy_and_outcome(ledger: Ledger) -> None:
    await tell(ledger, Entries(), kind="resolve", system="core", policy="a1b2", counts={"merged": 2})
    await tell(ledger, Entries(), outcome=Outcome.VOID)
    assert await read(
        ledger, "SELECT id, kind, system, policy, what, counts->>'merged' FROM step JOIN outcome ON step = id"
    ) == {(1, "resolve", "core", "a1b2", "committed", "2"), (2, "resolve", None, None, "void", None)}


FEBRUARY = MARCH - timedelta(days=20)
ALL = Entries(
    births=[birth(A), birth(B), birth(C)],
    versions=[RecordVersion(A, "h1", {"name": "Zoë", "phones": [None, 1, "x"]})],
    presences=[PresenceDelta(B, Presence.LEFT, FEBRUARY), PresenceDelta(C, Presence.ERASED)],
    values=[EvidenceValue(PHONE, "Phone|+254711", {"kind": "Phone"}), EvidenceValue(EMAIL, "Email|a@b", {})],
    evidence=[EvidenceDelta(A, PHONE, Evident.HELD, FEBRUARY), EvidenceDelta(A, EMAIL, Evident.CLAIMED)],
    heirs=[HeirDelta(B, Heirship.NAMED, A), HeirDelta(C, Heirship.NAMED), HeirDelta(A, Heirship.DROPPED)],
    memberships=[MembershipDelta(A, None, A, 1), MembershipDelta(B, A, None)],
    links=[
        LinkDelta(a=A, b=B, what=LinkFate.ACCEPTED, kind="Phone", value=PHONE, stage=3),
        LinkDelta(a=A, b=C, what=LinkFate.REFUSED, kind="Email", value=EMAIL, reason="ambiguous", inside=True),
        LinkDelta(a=B, b=C, what=LinkFate.ENDED, kind="same", decision=7),
    ],
    events=[
        IdentityEvent(what=EventKind.MERGED, gcid=A, others=(B, C), records=2, cause=1),
        IdentityEvent(what=EventKind.CREATED, gcid=C),
    ],
    goldens=[GoldenVersion(A, {"status": "current"})],
    erasures=[Erasure(ID_CARD, Erasing.ERASED)],
    note=StepNote("jane", "asked to be forgotten"),
)
READ_BACK: dict[str, set[tuple[Any, ...]]] = {
    "birth_id::text, step, hash, said->>'name', said->>'phones' FROM record_version": {
        (A, 1, "h1", "Zoë", '[null, 1, "x"]')
    },
    "step, birth_id::text, what, source_at FROM presence_delta": {(1, B, "left", FEBRUARY), (1, C, "erased", None)},
    "step, by, reason FROM step_note": {(1, "jane", "asked to be forgotten")},
    "value::text, key, said::text FROM evidence_value": {
        (PHONE, "Phone|+254711", '{"kind": "Phone"}'),
        (EMAIL, "Email|a@b", "{}"),
    },
    "step, birth_id::text, value::text, what, source_at FROM evidence_delta": {
        (1, A, PHONE, "held", FEBRUARY),
        (1, A, EMAIL, "claimed", None),
    },
    "step, birth_id::text, what, heir::text FROM heir_delta": {
        *((1, B, "named", A), (1, C, "named", None), (1, A, "dropped", None))
    },
    "step, birth_id::text, old_gcid::text, new_gcid::text, cause FROM membership_delta": {
        (1, A, None, A, 1),
        (1, B, A, None, None),
    },
    "step, a::text, b::text, what, kind, value::text, decision, stage, reason, inside FROM link_delta": {
        (1, A, B, "accepted", "Phone", PHONE, None, 3, None, None),
        (1, A, C, "refused", "Email", EMAIL, None, None, "ambiguous", True),
        (1, B, C, "ended", "same", None, 7, None, None, None),
    },
    "step, number, what, gcid::text, array_to_string(others, ' '), records, cause FROM identity_event": {
        (1, 1, "merged", A, f"{B} {C}", 2, 1),
        (1, 2, "created", C, "", 0, None),
    },
    "gcid::text, step, said->>'status' FROM golden_version": {(A, 1, "current")},
    "step, key_hash::text, what FROM erasure": {(1, ID_CARD, "erased")},
}


async def test_every_kind_of_entry_is_written_as_it_was_given(ledger: Ledger) -> None:
    await tell(ledger, ALL)
    assert {query: await read(ledger, f"SELECT {query}") for query in READ_BACK} == READ_BACK


async def test_decisions_get_the_next_ids_in_their_order(ledger: Ledger) -> None:
    await tell(ledger, ALL)
    (first,) = await tell(
        ledger,
        Entries(
            decisions=[
                decide(Verdict.DIFFERENT, left=[A, B], right=[C]),
                decide(Verdict.SUPPRESS, value=PHONE),
                decide(Verdict.CORRECT, left=[A], field="name", content="Zoë"),
            ]
        ),
    )
    (second,) = await tell(ledger, Entries(decisions=[decide(Verdict.UNDO, undoes=2)]))
    assert (first.decisions, second.decisions) == ((1, 2, 3), (4,))
    assert await read(ledger, "SELECT id, step, verdict, value::text, field, undoes FROM decision") == {
        (1, 2, "different", None, None, None),
        (2, 2, "suppress", PHONE, None, None),
        (3, 2, "correct", None, "name", None),
        (4, 3, "undo", None, None, 2),
    }
    assert await read(ledger, "SELECT decision, side, birth_id::text FROM decision_record") == {
        *((1, "left", A), (1, "left", B), (1, "right", C), (3, "left", A))
    }
    assert await read(ledger, "SELECT decision, by, content FROM decision_note") == {
        *((1, "jane", None), (2, "jane", None), (3, "jane", "Zoë"), (4, "jane", None))
    }


async def test_a_value_that_is_known_stays(ledger: Ledger) -> None:
    known, again = EvidenceValue(PHONE, "Phone|1", {"n": 1}), EvidenceValue(PHONE, "Phone|1", {"n": 2})
    await tell(ledger, Entries(values=[known]), Entries(values=[again, EvidenceValue(EMAIL, "Email|2", {})]))
    assert await read(ledger, "SELECT key, said::text FROM evidence_value") == {
        *(("Phone|1", '{"n": 1}'), ("Email|2", "{}"))
    }


@pytest.mark.parametrize(
    "entries",
    [
        Entries(goldens=[GoldenVersion(A, {"name": "J\0ne"})]),
        Entries(values=[EvidenceValue(PHONE, "Phone|J\0ne", {})]),
        Entries(births=[birth(A, key="core|customer|J\0ne")]),
        Entries(births=[birth(A, key="core|customer|J\ud800ne")]),
    ],
)
async def test_text_that_cannot_be_stored_is_named_without_repeating_it(ledger: Ledger, entries: Entries) -> None:
    with pytest.raises(LedgerError, match=r"U\+0000") as caught:
        await tell(ledger, entries)
    assert "ne" not in str(caught.value).split()
    assert "J\\" not in "".join(traceback.format_exception(caught.value))
    assert await read(ledger, "SELECT id FROM step") == set()


@pytest.mark.parametrize("table", CHAIN)
@pytest.mark.parametrize("change", ["DELETE FROM {}", "TRUNCATE {} CASCADE", "UPDATE {} SET {} = {}"])
async def test_the_database_itself_refuses_to_change_the_chain(ledger: Ledger, table: str, change: str) -> None:
    column = {"step": "id", "decision_record": "side"}.get(table, "step")
    with pytest.raises(LedgerError, match="RaiseException"):
        async with ledger.transaction() as connection:
            await connection.execute(change.format(f"wekeza.{table}", column, column).encode())


async def test_time_never_runs_backwards(ledger: Ledger) -> None:
    async with writer_lock(ledger) as writer:
        await writer.execute("INSERT INTO step (id, at, kind) VALUES (1, now() + interval '1 day', 'load')")
        step = await append_step(writer, "load")
    times: set[tuple[datetime]] = await read(ledger, "SELECT at FROM step")
    assert times == {(step.at,)}


async def test_a_step_is_appended_whole_or_not_at_all(ledger: Ledger) -> None:
    async with writer_lock(ledger) as writer:
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            await append_step(writer, "load", entries=Entries(births=[birth(A)], heirs=[HeirDelta(B, Heirship.NAMED)]))
    assert await read(ledger, "SELECT id FROM step UNION ALL SELECT rank FROM rank") == set()


async def test_an_error_does_not_quote_rows(ledger: Ledger) -> None:
    with pytest.raises(LedgerError) as caught:
        await tell(ledger, Entries(births=[birth(A), birth(A)]))
    assert A not in "".join(traceback.format_exception(caught.value))


async def test_steps_stay_open_until_they_have_an_outcome(ledger: Ledger) -> None:
    await tell(ledger, Entries(), Entries(), Entries(), outcome=None)
    async with writer_lock(ledger) as writer:
        await append_outcome(writer, 1, Outcome.COMMITTED)
        assert await open_steps(writer) == [2, 3]
