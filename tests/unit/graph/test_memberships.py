from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.memberships import Events, View, compare, count_events, lead_on
from graph.resolution.model import Link, RefusedLink
from graph.resolution.reasons import ReasonCode

RECORDS = "abcdef"
PARTITIONS = st.lists(st.integers(0, 3), min_size=len(RECORDS), max_size=len(RECORDS))


def named(blocks: list[int]) -> dict[str, str]:
    """Memberships in which every block is named by its first record, as the founder names a customer."""
    founder: dict[int, str] = {}
    for record, block in zip(RECORDS, blocks, strict=True):
        founder.setdefault(block, record.upper())
    return {record: founder[block] for record, block in zip(RECORDS, blocks, strict=True)}


@pytest.mark.parametrize(
    ("old", "new", "events"),
    [
        ("", "a:A", Events(created=1)),
        ("a:A", "a:A b:A", Events()),
        ("a:A b:B", "a:A b:A", Events(merged=1, churn=1)),
        ("a:A b:A", "a:A b:B", Events(split=1, churn=1)),
        ("a:A b:A c:C", "a:A b:C c:C", Events(moved=1, churn=1)),
        ("b:B c:C d:C", "a:A b:A c:C d:A", Events(merged=1, split=1, churn=2)),
        ("a:A b:A c:C", "a:A b:A c:A d:D", Events(created=1, merged=1, churn=1)),
        ("b:B c:B", "a:A b:A c:A", Events(churn=2)),
    ],
)
def test_events_are_counted_as_the_history_names_them(old: str, new: str, events: Events) -> None:
    def memberships(text: str) -> dict[str, str]:
        return {pair[0]: pair[2] for pair in text.split()}

    assert count_events(memberships(old), memberships(new)) == events


@given(PARTITIONS)
def test_nothing_happens_where_nothing_changes(blocks: list[int]) -> None:
    assert count_events(named(blocks), named(blocks)) == Events()


@given(PARTITIONS, PARTITIONS)
def test_a_change_that_is_taken_back_swaps_what_is_opened_and_closed(first: list[int], second: list[int]) -> None:
    before, after = View(memberships=named(first)), View(memberships=named(second))
    there, back = compare(before, after), compare(after, before)
    assert (there.opened, there.closed) == (back.closed, back.opened)
    assert bool(there) == (named(first) != named(second))
    assert set(before.memberships.items()) - set(there.closed) | set(there.opened) == set(after.memberships.items())


LINK = Link(a="a", b="b", kind="Phone", identifier="Phone|+254700000001", stage=3)
REFUSAL = RefusedLink(
    a="a", b="b", kind="Email", identifier="Email|a@b.ke", reason=ReasonCode.NAMES_CONTRADICT, inside=False
)
HELD = View(
    memberships={"a": "A", "b": "A"},
    links=frozenset({LINK}),
    refusals=frozenset({REFUSAL}),
    customers={"A": "current, Jane", "B": "merged"},
    mergers={"B": "A"},
)


def test_equal_views_have_no_difference() -> None:
    assert not compare(HELD, replace(HELD))


@pytest.mark.parametrize(
    ("said", "changed"),
    [
        (replace(HELD, links=frozenset()), {"links_closed": (LINK,)}),
        (replace(HELD, refusals=frozenset({replace(REFUSAL, inside=True)})),
         {"refusals_closed": (REFUSAL,), "refusals_opened": (replace(REFUSAL, inside=True),)}),
        (replace(HELD, customers={**HELD.customers, "A": "current, Jane W"}),
         {"customers": (("A", "current, Jane W"),)}),
        (replace(HELD, mergers={}), {"mergers_closed": (("B", "A"),)}),
    ],
    ids=["link", "refusal", "golden record", "merger"],
)  # fmt: skip
def test_only_what_differs_is_written(said: View, changed: dict[str, object]) -> None:
    found = compare(HELD, said)
    assert {name: getattr(found, name) for name in found.__slots__ if getattr(found, name)} == changed


def test_a_customer_without_members_leads_to_where_its_founder_lives() -> None:
    founders = {"A": "a", "B": "b"}
    assert lead_on(HELD.customers, {"a": "A", "b": "A"}, founders) == {"B": "A"}
    assert lead_on(HELD.customers, {"a": "A", "b": "B"}, founders) == {}
