from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.memberships import View, compare, lead_on
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
    heirs={"x": "a", "y": None},
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
        (replace(HELD, heirs={"y": None}), {"heirs_dropped": (("x", "a"),)}),
        (replace(HELD, heirs={**HELD.heirs, "z": None}), {"heirs_named": (("z", None),)}),
    ],
    ids=["link", "refusal", "golden record", "merger", "heir that is dropped", "id that is closed"],
)  # fmt: skip
def test_only_what_differs_is_written(said: View, changed: dict[str, object]) -> None:
    found = compare(HELD, said)
    assert {name: getattr(found, name) for name in found.__slots__ if getattr(found, name)} == changed


def test_an_id_without_members_leads_to_where_its_record_or_its_heir_lives() -> None:
    homes = {"A": "a", "B": "b", "X": "b", "Y": None}
    assert lead_on(["A", "B", "X", "Y"], {"a": "A", "b": "A"}, homes) == {"B": "A", "X": "A"}
    assert lead_on(HELD.customers, {"a": "A", "b": "B"}, homes) == {}
