"""What the steward is told, and what the command line refuses before it opens anything."""

from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from graph.decisions import DecisionReport, StandingDecision
from graph.erasure import ErasureReport
from graph.resolution.reasons import ReasonCode
from graph.resolve import ResolveReport
from ledger.entries import EventKind
from ledger.history import Event
from wekeza.stewardship import decide, of_erasure, of_report, of_standing

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


def event(what: EventKind, gcid: str, *others: str) -> Event:
    return Event(
        step=8,
        number=1,
        at=NOON,
        what=what,
        gcid=gcid,
        others=others,
        records=2,
        cause=7,
        cause_kind="decide",
        cause_system=None,
        cause_decision=3,
    )


def test_a_decision_is_told_with_all_that_it_changed() -> None:
    events = (event(EventKind.MERGED, "A", "A", "B"), event(EventKind.CLOSED, "C"))
    report = DecisionReport(decision=3, step=7, resolved=ResolveReport(), events=events)
    assert list(of_report(report)) == [
        "Decision 3 is taken.",
        "  A merged from B (2 records)",
        "  C closed (2 records)",
    ]


def test_a_release_that_changes_nothing_says_why() -> None:
    report = DecisionReport(decision=3, step=7, resolved=ResolveReport(), suppressed=ReasonCode.SHARED_BY_TOO_MANY)
    assert list(of_report(report)) == [
        "Decision 3 is taken.",
        "The value links nobody: too many share it.",
        "No customer changed.",
    ]


def test_an_erasure_is_told_in_numbers() -> None:
    done = ErasureReport(step=4, resolved=ResolveReport(split=1, closed=0, churn=2))
    assert of_erasure(done) == ["The record is erased. Customers split: 1, closed: 0; records moved: 2."]
    assert "forgotten" in of_erasure(ErasureReport(step=None, resolved=ResolveReport()))[0]


@pytest.mark.parametrize(
    ("given", "about"),
    [
        ({"left": ["b", "a"], "right": ["c"]}, "a, b and c"),
        ({"values": ["Phone ***5678"]}, "Phone ***5678"),
        ({"left": ["a"], "field": "name"}, "name of a"),
    ],
)
def test_a_standing_decision_is_one_line(given: dict[str, object], about: str) -> None:
    said = {"left": [], "right": [], "values": [], "field": None} | given
    decision = StandingDecision(id=3, verdict="same", at=NOON, by="jane", reason="why", **said)  # type: ignore[arg-type]  # mixed on purpose
    assert of_standing(decision) == (3, "same", "2026-03-03 12:00:00 UTC", "jane", about, "why")


@pytest.mark.parametrize(
    "words",
    [
        ["different", "a", "--reason", "x"],
        ["different", "a", "b", "c", "--reason", "x"],
        ["different", "a", "b", "--left", "c", "--reason", "x"],
        ["different", "--reason", "x"],
        ["same", "a", "b"],
        ["undo", "seven", "--reason", "x"],
    ],
)
def test_what_cannot_be_meant_is_refused_as_a_usage_error(words: list[str]) -> None:
    result = CliRunner().invoke(decide, words)
    assert result.exit_code == 2, result.output
