"""What the ledger remembers as rows: the corners that a history on real stores seldom reaches."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from graph.records import CustomerRecord
from graph.remembered import concerned, customer_row, decision_row, link_row, merger_row, record_rows
from graph.said import say
from ledger.decisions import Decision
from ledger.entries import LinkFate, Presence, Verdict
from ledger.history import Link
from ledger.state import Golden, RecordState

NOW = datetime(2026, 3, 1, tzinfo=UTC)
KEY = "core|customer|1"


def record(birth_id: str, rank: int, presence: Presence | None = None, **said: Any) -> RecordState:
    state = RecordState(
        birth_id=birth_id,
        rank=rank,
        key=KEY,
        incarnation=rank - 1,
        presence=presence,
        presence_step=7 if presence else None,
        presence_at=NOW if presence else None,
        presence_source_at=None,
        presence_source_version=None,
        hash="h",
        said=say(CustomerRecord(key=KEY, full_name="Ann", updated_at=NOW, source_version=4)),
        step=rank,
        at=NOW,
    )
    return replace(state, **said)


def decision(number: int, step: int, verdict: Verdict = Verdict.SAME, **said: Any) -> Decision:
    given: dict[str, Any] = {"left": ("a",), "right": ("b",), "value": None, "undoes": None} | said
    words: dict[str, Any] = {"field": None, "content": "Ann", "by": "jane", "reason": "papers", "undone_by": None}
    return Decision(id=number, step=step, at=NOW, verdict=verdict, **given, **words)


def test_a_key_is_that_of_the_last_who_has_it() -> None:
    rows = record_rows([record("a", 1, Presence.LEFT), record("b", 2, Presence.LEFT), record("c", 3)])
    assert [(row["properties"]["key"], row["labels"]) for row in rows] == [
        ("former|a", ["Ghost"]),
        ("former|b", ["Ghost"]),
        (KEY, []),
    ]
    assert "due" not in rows[-1]["properties"]


def test_a_ghost_keeps_no_word_and_its_stamp() -> None:
    [row] = record_rows([record("a", 1, Presence.LEFT)])
    stamp = {"updated_at": NOW, "source_version": 4, "step": 7}
    named = {"key": KEY, "system": "core", "entity": "customer", "birth_id": "a", "rank": 1}
    assert row["properties"] == named | stamp
    [row] = record_rows([record("a", 1, Presence.LEFT, presence_source_at=NOW.replace(day=2), said=None)])
    assert (row["properties"]["updated_at"], row["properties"]["source_version"]) == (NOW.replace(day=2), None)


@pytest.mark.parametrize("key", [None, KEY], ids=["forgotten", "about to be forgotten"])
def test_an_erased_record_cannot_be_named(key: str | None) -> None:
    [row] = record_rows([record("a", 1, Presence.ERASED, key=key)])
    assert row["labels"] == ["Ghost", "Erased"]
    assert row["properties"] == {"key": "erased|a", "birth_id": "a", "rank": 1, "step": 7}


def test_a_record_without_a_word_is_refused() -> None:
    with pytest.raises(ValueError, match="no word of record a"):
        record_rows([record("a", 1, said=None)])


def test_a_customer_is_as_old_as_its_status_and_its_merger_as_new_as_its_last_word() -> None:
    later = NOW.replace(day=2)
    golden = Golden(gcid="a", said={"status": "merged", "into": "b"}, step=9, at=later, since=NOW, since_step=3)
    assert customer_row(golden) == {"gcid": "a", "status": "merged", "since": NOW, "step": 3}
    assert merger_row(golden) == {"from": "a", "to": "b", "properties": {"at": later, "step": 9}}
    assert merger_row(replace(golden, said={"status": "closed"})) is None


def test_a_link_by_decision_is_named_after_it() -> None:
    parts: dict[str, Any] = {"kind": "Same", "value": None, "decision": 5, "reason": "steward_different"}
    rest: dict[str, Any] = {"stage": None, "inside": False, "step": 2, "at": NOW, "policy": "p"}
    row = link_row(Link(a="a", b="b", what=LinkFate.REFUSED, **parts, **rest), {})
    assert (row["type"], row["properties"]["identifier"], row["properties"]["reason"]) == (
        "QUARANTINED",
        "Same|5",
        "steward_different",
    )


def test_the_words_about_an_erased_record_are_gone() -> None:
    assert {"reason": "(erased)", "value": None}.items() <= decision_row(decision(1, 1), {}, {"b"})["decision"].items()
    assert {"reason": "papers", "value": "Ann"}.items() <= decision_row(decision(1, 1), {}, {"c"})["decision"].items()


def test_an_undo_concerns_what_it_undoes_or_revives() -> None:
    about = {"left": (), "right": ()}
    told = [
        decision(1, 1),
        decision(2, 2, Verdict.SUPPRESS, value="v", **about),
        decision(3, 3, Verdict.UNDO, undoes=2, **about),
        decision(4, 4, Verdict.UNDO, undoes=3, **about),
    ]
    assert concerned(told, since=3) == (set(), {"v"})
    assert concerned(told, since=0) == ({"a", "b"}, {"v"})
    assert concerned(told, since=4) == (set(), set())
