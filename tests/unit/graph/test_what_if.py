"""Policies that are set otherwise, and lists that stay short; the rest needs real servers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.resolution.policy import load_policy
from graph.what_if import LISTED, BadPolicy, Listing, change_policy

GUARDED = load_policy("guarded")


def test_a_setting_is_changed_and_the_rest_stays() -> None:
    changed = change_policy(GUARDED, {"cap": "20", "exclusive": []})
    assert (changed.cap, changed.exclusive) == (20, ())
    assert changed == GUARDED.model_copy(update={"cap": 20, "exclusive": ()})


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"caps": 3}, ("'caps'", "cap", "hub")),
        ({"cap": 0}, ("cap", "greater than or equal to 1")),
        ({"hub": "many"}, ("hub", "integer")),
        ({"stages": [["Phone"], ["Phone"]]}, ("no kind may stand in two places",)),
        ({"exclusive": ["Shoe"]}, ("no such identifier kind: Shoe",)),
    ],
)
def test_what_no_policy_can_be_is_one_sentence(settings: dict[str, object], words: tuple[str, ...]) -> None:
    with pytest.raises(BadPolicy) as raised:
        change_policy(GUARDED, settings)
    said = str(raised.value)
    assert all(word in said for word in words)
    assert "\n" not in said
    assert said.endswith(".")


@given(st.integers(0, 3 * LISTED))
def test_a_listing_names_the_first_and_counts_all(number: int) -> None:
    listing: Listing[int] = Listing()
    for item in range(number):
        listing.add(item)
    assert listing.items == list(range(min(number, LISTED)))
    assert listing.total == number
