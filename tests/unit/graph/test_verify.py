from typing import Any

import pytest

from graph.verify import Finding, Law, check_records, compare_memberships


def row(key: str, gcid: str | None, *linked: str, marked: bool = False) -> dict[str, Any]:
    """A record whose birth id is its key in capitals; ranks follow the alphabet."""
    return {
        "key": key,
        "birth_id": key.upper(),
        "rank": ord(key),
        "marked": marked,
        "customers": [gcid] if gcid else [],
        "linked": list(linked),
    }


SOUND = [row("a", "A", "b"), row("b", "A"), row("c", "C")]


def test_a_sound_graph_has_no_findings() -> None:
    assert list(check_records(SOUND)) == []
    assert list(compare_memberships(SOUND, {"A": "A", "B": "A", "C": "C"})) == []


@pytest.mark.parametrize(
    ("records", "findings"),
    [
        ([row("a", "A"), row("b", "A")], {Finding(Law.LINKED, "A")}),
        ([row("a", "A", "b"), row("b", "B")], {Finding(Law.LINKED, "A"), Finding(Law.LINKED, "B")}),
        ([row("a", "B", "b"), row("b", "B")], {Finding(Law.FOUNDER, "B")}),
        ([row("a", None)], {Finding(Law.ONE_MEMBERSHIP, "A")}),
        ([row("a", "A", marked=True)], {Finding(Law.RESOLVED, "A")}),
    ],
    ids=["not connected", "connected across customers", "not the founder", "no customer", "due"],
)
def test_each_broken_law_is_found(records: list[dict[str, Any]], findings: set[Finding]) -> None:
    assert set(check_records(records)) == findings


def test_two_customers_at_once_are_found() -> None:
    both = row("a", "A") | {"customers": ["A", "B"]}
    assert Finding(Law.ONE_MEMBERSHIP, "A") in set(check_records([both]))


@pytest.mark.parametrize("remembered", [{"A": "A", "B": "B", "C": "C"}, {"A": "A", "C": "C"}])
def test_a_ledger_that_remembers_otherwise_is_found(remembered: dict[str, str]) -> None:
    assert list(compare_memberships(SOUND, remembered)) == [Finding(Law.LEDGER, "B")]
