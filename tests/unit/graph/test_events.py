from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.events import Change, churn, identity_events
from ledger.entries import EventKind, IdentityEvent
from tests.unit.graph.histories import KEYS, histories, phones

law = settings(max_examples=300, deadline=None)


def memberships(text: str) -> dict[str, str]:
    """``a:A b:A``: the record a is of the customer A, and so is b."""
    return {pair[0]: pair[2] for pair in text.split()}


def change(old: str, new: str, due: dict[str, int] | None = None) -> Change:
    """Customers are named by a record's letter, and answered where it lives; whose record is nowhere, is closed."""
    before, after = memberships(old), memberships(new)
    gone = set(before.values()) - set(after.values())
    return Change(
        old=before,
        new=after,
        leads={gcid: after[gcid.lower()] for gcid in gone if gcid.lower() in after},
        closed={gcid for gcid in gone if gcid.lower() not in after},
        due=due or {},
    )


def told(change: Change) -> list[str]:
    return [f"{e.what} {e.gcid}<{''.join(e.others)} {e.records}" for e in identity_events(change)]


@pytest.mark.parametrize(
    ("old", "new", "events"),
    [
        ("", "a:A b:A", ["created A< 2"]),
        ("a:A", "a:A b:A", []),
        ("a:A b:B", "a:A b:A", ["merged A<AB 1"]),
        ("a:A b:A", "a:A b:B", ["split A<AB 1"]),
        ("a:A b:A c:C", "a:A b:C c:C", ["moved C<A 1"]),
        ("b:B c:C d:C", "a:A b:A c:C d:A", ["merged A<BC 2", "split C<AC 1"]),
        ("a:A b:A c:C", "a:A b:A c:A d:D", ["created D< 1", "merged A<AC 1"]),
        ("b:B c:B", "a:A b:A c:A", ["merged A<B 2"]),
        ("a:A b:A", "", ["closed A< 2"]),
        ("a:A b:A c:C", "c:C", ["closed A< 2"]),
        ("a:A b:B c:B d:D", "a:A b:A c:D d:D", ["merged A<AB 1", "merged D<BD 1"]),
    ],
)
def test_every_change_has_its_word(old: str, new: str, events: list[str]) -> None:
    assert told(change(old, new)) == events


def test_a_record_that_takes_its_id_back_splits_who_answered_for_it() -> None:
    """h answered for a, which returns alone: the customer A stays a's, and h goes on under its own id."""
    assert told(change("a:A h:A", "a:A h:H")) == ["split A<AH 1"]


def test_an_erased_customer_is_not_just_closed() -> None:
    gone = Change(old={"a": "A", "b": "B"}, new={}, closed={"B"}, erased={"A"})
    assert told(gone) == ["closed B< 1", "erased A< 1"]


def test_the_cause_is_the_latest_step_that_marked_somebody_concerned() -> None:
    due = {"a": 3, "b": 5, "c": 9}
    found = identity_events(change("a:A b:B c:C d:D", "a:A b:A c:C d:D", due))
    assert [event.cause for event in found] == [5]


def test_where_nobody_concerned_was_marked_the_latest_step_is_the_cause() -> None:
    found = identity_events(change("a:A b:A c:C", "a:A b:B c:C", {"c": 9}))
    assert [(event.what, event.cause) for event in found] == [(EventKind.SPLIT, 9)]
    assert identity_events(change("a:A b:A", "a:A b:B"))[0].cause is None


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """What one more turn of a history comes to."""
    history = draw(histories())
    for key in draw(st.lists(st.sampled_from(KEYS), max_size=3, unique=True)):
        history = history.leave(key) if draw(st.booleans()) else history.say(key, draw(phones))
    return history.change()


def ids(event: IdentityEvent) -> set[str]:
    return {event.gcid, *event.others}


@law
@given(changes())
def test_no_change_of_an_id_goes_untold(change: Change) -> None:
    events = identity_events(change)
    for key, gcid in change.new.items():
        old = change.old.get(key, gcid)
        assert old == gcid or any({old, gcid} <= ids(event) for event in events)
    for gcid in set(change.new.values()) ^ set(change.old.values()):
        assert any(gcid in ids(event) for event in events)


@law
@given(changes())
def test_nothing_is_told_where_nothing_changes(change: Change) -> None:
    assert identity_events(Change(old=change.old, new=change.old)) == ()


@law
@given(changes())
def test_each_event_is_told_once_and_what_it_counts_is_there(change: Change) -> None:
    events = identity_events(change)
    assert max(Counter((e.what, e.gcid, e.others) for e in events).values(), default=1) == 1
    moved = sum(event.records for event in events if event.what is EventKind.MOVED)
    assert moved <= churn(change.old, change.new) <= len(change.new)
    assert {e.gcid for e in events if e.what is EventKind.CREATED} == {
        gcid for gcid in change.new.values() if not any(change.new.get(key) == gcid for key in change.old)
    }


def test_churn_counts_records_whose_id_changed() -> None:
    assert churn(memberships("a:A b:A c:C d:D"), memberships("a:A b:B c:A e:E")) == 2
