"""Each law about a customer, broken once."""

from typing import Any

import pytest

from graph.laws import Finding, Law, check_customer
from graph.resolution.policy import load_policy

GUARDED = load_policy("guarded")
ONE, OTHER = ["NationalId|KE|1", "NationalId", "KE"], ["NationalId|KE|2", "NationalId", "KE"]


def member(key: str, *linked: str, by: str = "Phone", **said: Any) -> dict[str, Any]:
    """A record whose birth id is its key in capitals; ranks follow the alphabet."""
    named = {"key": key, "birth_id": key.upper(), "rank": ord(key), "party_type": "person"}
    return named | {"linked": [[other, by] for other in linked], "ghosts": [], "exclusive": []} | said


def customer(gcid: str, *members: dict[str, Any], **said: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"key": gcid, "status": "current", "mergers": [], "erased": None, "answers": []}
    return row | {"members": list(members)} | said


def end(*lives: str, gone: bool = False) -> list[dict[str, Any]]:
    return [{"gone": gone, "lives": list(lives)}]


@pytest.mark.parametrize(
    "row",
    [
        customer("A", member("a", "b"), member("b", "a")),
        customer("A", member("b", ghosts=[[ord("a"), "A"]])),
        customer("A", status="merged", mergers=["B"], answers=end("B")),
        customer("A", status="closed", erased=False, answers=end(gone=True)),
        customer("A", status="erased", erased=True, answers=end(gone=True)),
        customer("A", status="merged", mergers=["B"], erased=True, answers=end("B")),
        customer("A", member("a", "b", exclusive=[ONE]), member("b", "a", exclusive=[ONE, OTHER])),
        customer("A", member("a", "b", by="Same", exclusive=[ONE]), member("b", "a", by="Same", exclusive=[OTHER])),
    ],
    ids=["two", "founded by a ghost", "merged", "closed", "erased", "erased with an heir", "shares one", "same"],
)
def test_a_sound_customer_has_no_findings(row: dict[str, Any]) -> None:
    assert list(check_customer(row, GUARDED)) == []


@pytest.mark.parametrize(
    ("row", "law"),
    [
        (customer("A", member("a"), member("b")), Law.LINKED),
        (customer("A", member("a", "b")), Law.LINKED),
        (customer("B", member("a", "b"), member("b", "a")), Law.FOUNDER),
        (customer("B", member("b", ghosts=[[ord("a"), "A"]])), Law.FOUNDER),
        (customer("A", answers=end("B")), Law.STATUS),
        (customer("A", member("a"), status="merged"), Law.STATUS),
        (customer("A", status="merged", mergers=["B"], answers=end("C")), Law.STATUS),
        (customer("A", status="merged", mergers=["B", "C"], answers=end("B")), Law.STATUS),
        (customer("A", status="closed", erased=True, answers=end(gone=True)), Law.STATUS),
        (customer("A", status="closed", answers=end("B")), Law.STATUS),
        (customer("A", member("a", "b", exclusive=[ONE]), member("b", "a", exclusive=[OTHER])), Law.CONFLICT),
        (customer("A", member("a", "b"), member("b", "a", party_type="company")), Law.CONFLICT),
    ],
)
def test_each_broken_law_is_found(row: dict[str, Any], law: Law) -> None:
    assert list(check_customer(row, GUARDED)) == [Finding(law, row["key"])]


def test_a_policy_that_does_not_judge_knows_no_conflicts() -> None:
    row = customer("A", member("a", "b", exclusive=[ONE]), member("b", "a", exclusive=[OTHER]))
    assert list(check_customer(row, load_policy("plain"))) == []
