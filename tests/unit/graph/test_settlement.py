"""What can be decided about a review item."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import BadDecision
from graph.proposals import (
    Correct,
    Different,
    Proposal,
    Release,
    Same,
    Suppress,
    Undo,
    hear_proposal,
    read_value,
    say_proposal,
)
from graph.resolution.reasons import ReasonCode
from graph.resolution.review import ReviewItem, Topic
from graph.settlement import Choice, choices_of, pair_of, propose, refuse_other


def item(topic: Topic, *identifiers: str, records: tuple[str, ...] = ("a", "b")) -> ReviewItem:
    return ReviewItem(
        topic=topic,
        subject=identifiers,
        customers=("x", "y"),
        records=records,
        identifiers=identifiers,
        reasons=(ReasonCode.AMBIGUOUS,),
    )


def test_each_topic_can_be_left_as_it_is() -> None:
    for topic in Topic:
        assert choices_of(item(topic, "Phone|+254712000001"))[-1] is Choice.KEEP


def test_only_a_decision_that_is_named_can_be_undone() -> None:
    named, unnamed = item(Topic.DECISION, "Same|17"), item(Topic.DECISION, "Passport|KE|AK1")
    assert choices_of(named) == (Choice.UNDO, Choice.KEEP)
    assert propose(named, Choice.UNDO, []) == Undo(17)
    with pytest.raises(BadDecision, match="can decide: keep"):
        refuse_other(unnamed, Choice.UNDO)


def test_the_pair_is_named_or_the_only_one() -> None:
    three = item(Topic.AMBIGUOUS, "Phone|1", records=("a", "b", "c"))
    assert pair_of(item(Topic.SLIP), []) == ("a", "b")
    assert propose(three, Choice.SAME, ["c", "a"]) == Same("a", "c")
    for wrong in ([], ["a"], ["a", "a"], ["a", "b", "c"], ["a", "z"]):
        with pytest.raises(BadDecision):
            pair_of(three, wrong)


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("NationalId", "23456781"),
        ("Passport", "AK0123456"),
        ("Phone", "0712000001"),
        ("Email", "Ann@Example.org"),
        ("TaxPin", "A012345678Z"),
    ],
)
def test_a_value_is_proposed_as_it_was_normalised(kind: str, raw: str) -> None:
    value = read_value(kind, raw, "KE")
    proposed = propose(item(Topic.DOCUMENTS_DISPUTED, value.key), Choice.SUPPRESS, [])
    assert isinstance(proposed, Suppress)
    assert read_value(proposed.kind, proposed.raw, proposed.country).key == value.key


TEXT = st.text(max_size=5)
SIDES = st.frozensets(TEXT, max_size=3)
PROPOSALS: st.SearchStrategy[Proposal] = st.one_of(
    st.builds(Same, TEXT, TEXT),
    st.builds(Different, SIDES, SIDES),
    st.builds(Suppress, TEXT, TEXT, st.none() | TEXT),
    st.builds(Release, TEXT, TEXT, st.none() | TEXT),
    st.builds(Correct, TEXT, TEXT, TEXT, st.none() | TEXT),
    st.builds(Undo, st.integers()),
)


@given(PROPOSALS)
def test_what_is_kept_of_a_proposal_is_all_of_it(proposal: Proposal) -> None:
    assert hear_proposal(say_proposal(proposal)) == proposal
