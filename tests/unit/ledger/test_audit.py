"""Whatever is done to the rows of the chain, or to its end, is found."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ledger.audit import GENESIS, NOTHING_YET, AuditEntry, AuditRow, Head, Operation, chained, hash_of
from ledger.audit_heads import SignedHead
from ledger.audit_proof import Prover

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEXT = st.text(max_size=8)
ENTRIES = st.builds(
    AuditEntry,
    subject=TEXT,
    role=st.sampled_from(["steward", "analyst"]),
    operation=st.sampled_from(Operation),
    fields=st.lists(TEXT, max_size=3).map(tuple),
    gcids=st.lists(st.uuids().map(str), max_size=3).map(tuple),
    purpose=st.none() | TEXT,
)
CHAINS = st.lists(ENTRIES, min_size=1, max_size=8).map(
    lambda entries: chained(NOTHING_YET, NOON + timedelta(microseconds=1), entries)
)
OTHER: dict[str, Any] = {
    "at": NOON,
    "subject": "somebody else",
    "role": "operator",
    "operation": "erasure",
    "fields": ["other"],
    "gcids": ["00000000-0000-8000-8000-000000000000"],
    "purpose": "another purpose",
    "previous": b"another" + bytes(25),
    "hash": b"another" + bytes(25),
}


def signed(*heads: Head) -> list[SignedHead]:
    return [SignedHead(head, "then") for head in (NOTHING_YET, *heads)]


def head_of(rows: Sequence[AuditRow]) -> Head:
    return Head(rows[-1].id, rows[-1].hash)


def fault_of(rows: Sequence[AuditRow], heads: Sequence[SignedHead]) -> str | None:
    prover = Prover(iter(heads))
    for row in rows:
        if fault := prover.take(row):
            return fault
    return prover.end()


def recomputed(rows: Sequence[AuditRow]) -> list[AuditRow]:
    """As somebody would make them who knows how, and has every right in the database."""
    head, made = NOTHING_YET, []
    for number, row in enumerate(rows, start=1):
        anew = replace(row, id=number, previous=head.hash, hash=b"")
        anew = replace(anew, hash=hash_of(anew))
        head = Head(anew.id, anew.hash)
        made.append(anew)
    return made


@given(CHAINS, st.data())
def test_a_chain_that_nobody_touched_is_whole(rows: list[AuditRow], data: st.DataObject) -> None:
    kept = sorted(data.draw(st.sets(st.sampled_from(range(1, len(rows) + 1)))))
    assert fault_of(rows, signed(*(head_of(rows[:number]) for number in kept))) is None
    assert fault_of([], signed()) is None
    assert rows[0].previous == GENESIS


@given(CHAINS, st.data())
def test_a_changed_row_is_named(rows: list[AuditRow], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(rows) - 1))
    name = data.draw(st.sampled_from(sorted(OTHER)))
    changed = replace(rows[place], **{name: OTHER[name]})
    assert f"row {place + 1} " in str(fault_of([*rows[:place], changed, *rows[place + 1 :]], signed()))


@given(CHAINS, st.data())
def test_a_changed_row_with_a_hash_that_fits_is_found_by_the_next_or_by_the_head(
    rows: list[AuditRow], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(rows) - 1))
    changed = replace(rows[place], subject=rows[place].subject + "!")
    changed = replace(changed, hash=hash_of(changed))
    fault = fault_of([*rows[:place], changed, *rows[place + 1 :]], signed(head_of(rows)))
    if place == len(rows) - 1:
        assert "the head that was signed" in str(fault)
    else:
        assert f"row {place + 2} does not follow" in str(fault)


@given(CHAINS, st.data())
def test_a_deleted_row_is_named(rows: list[AuditRow], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(rows) - 1))
    assert f"row {place + 1} is missing" in str(fault_of([*rows[:place], *rows[place + 1 :]], signed(head_of(rows))))


@given(CHAINS.filter(lambda rows: len(rows) > 1), st.data())
def test_swapped_rows_are_found_whatever_their_numbers_say(rows: list[AuditRow], data: st.DataObject) -> None:
    one, other = sorted(data.draw(st.sets(st.integers(0, len(rows) - 1), min_size=2, max_size=2)))
    swapped = [*rows]
    swapped[one], swapped[other] = rows[other], rows[one]
    assert f"row {one + 1} is missing" in str(fault_of(swapped, signed()))
    renumbered = [replace(row, id=number) for number, row in enumerate(swapped, start=1)]
    assert f"row {one + 1} " in str(fault_of(renumbered, signed()))


@given(CHAINS, st.data())
def test_a_tail_that_was_cut_after_it_was_signed_is_found(rows: list[AuditRow], data: st.DataObject) -> None:
    left = data.draw(st.integers(0, len(rows) - 1))
    assert f"row {left + 1} is missing" in str(fault_of(rows[:left], signed(head_of(rows))))


@given(CHAINS, ENTRIES, st.data())
def test_a_chain_computed_anew_is_found_by_its_signed_head(
    rows: list[AuditRow], entry: AuditEntry, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(rows) - 1))
    vouched = data.draw(st.integers(place + 1, len(rows)))
    forged = replace(rows[place], subject=rows[place].subject + "!")
    anew = recomputed([*rows[:place], forged, *rows[place + 1 :]])
    assert fault_of(anew, signed()) is None, "the chain alone says nothing"
    assert "the head that was signed" in str(fault_of(anew, signed(head_of(rows[:vouched]))))
    fewer = recomputed([*rows[:place], *rows[place + 1 :]])
    assert fault_of(fewer, signed(head_of(rows))) is not None
    more = recomputed([*rows[:place], chained(NOTHING_YET, NOON, [entry])[0], *rows[place:]])
    assert fault_of(more, signed(head_of(rows))) is not None or more[: len(rows)] == rows


@given(CHAINS)
def test_without_any_head_rows_prove_nothing(rows: list[AuditRow]) -> None:
    assert "no signed head" in str(fault_of(rows, []))
    assert fault_of([], []) is None


@given(CHAINS)
def test_batches_make_the_chain_that_one_batch_makes(rows: list[AuditRow]) -> None:
    entries = [
        AuditEntry(
            subject=row.subject,
            role=row.role,
            operation=Operation(row.operation),
            fields=tuple(row.fields),
            gcids=tuple(row.gcids),
            purpose=row.purpose,
        )
        for row in rows
    ]
    made: list[AuditRow] = []
    for entry in entries:
        made += chained(head_of(made) if made else NOTHING_YET, rows[0].at, [entry])
    assert made == rows


@given(st.text(st.characters(categories=None), max_size=400))
def test_whatever_a_token_says_can_be_stored(text: str) -> None:
    entry = AuditEntry(subject=text, role="x", operation=Operation.QUERY, fields=(), purpose=text)
    assert "\x00" not in entry.subject
    assert len(entry.subject) <= 200
    assert entry.subject.encode() == (entry.purpose or "").encode()
