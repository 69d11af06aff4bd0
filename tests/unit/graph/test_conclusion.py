"""Names over time: who founds, who answers for whom, and what a customer says, without a server."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.deltas import recall, tell
from graph.memberships import compare
from graph.resolution.global_ids import present_heir
from graph.resolution.golden import Correction
from graph.resolution.model import Decision, Verdict
from tests.unit.graph.histories import KEYS, History, birth_id, decided, histories, phones, remember
from tests.unit.graph.resolution.worlds import different, same

law = settings(max_examples=300, deadline=None)
AT = datetime(2026, 3, 1, 8, 30, 0, 250_000, tzinfo=UTC)


def partition(history: History) -> str:
    """``A:ab C:c``: customers with their members."""
    members: dict[str, list[str]] = {}
    for key, gcid in sorted(history.held.memberships.items()):
        members.setdefault(gcid, []).append(key)
    return " ".join(f"{gcid}:{''.join(keys)}" for gcid, keys in sorted(members.items()))


def statuses(history: History) -> dict[str, str]:
    return {gcid: said["status"] for gcid, said in history.conclude().customers.items()}


def test_an_id_outlives_the_record_that_was_born_with_it() -> None:
    history = remember("a:1 b:1 c:1").leave("a").resolve()
    assert (partition(history), history.held.heirs) == ("A:bc", {"a": "b"})
    history = history.leave("b").resolve()
    assert (partition(history), history.held.heirs) == ("A:c", {"a": "b", "b": "c"})
    history = history.leave("c").resolve()
    assert (partition(history), history.held.heirs["c"]) == ("", None)
    assert statuses(history) == {"A": "closed"}


def test_who_leaves_together_with_others_is_inherited_by_who_stays() -> None:
    history = remember("a:1 b:1 c:1").leave("a").leave("b").resolve()
    assert (partition(history), history.held.heirs) == ("A:c", {"a": "c", "b": "c"})


def test_a_customer_that_falls_apart_when_its_founder_leaves_goes_on_with_the_heir() -> None:
    history = remember("a:12 b:1 c:2").leave("a").resolve()
    assert partition(history) == "A:b C:c"


def test_a_record_that_returns_has_its_id_back_and_answers_for_its_ghosts() -> None:
    history = remember("a:1 b:1 c:1").leave("a").resolve().leave("b").resolve()
    back = history.say("b", frozenset("2")).resolve()
    assert (partition(back), back.held.heirs) == ("A:b C:c", {"a": "b"})
    assert statuses(back) == {"A": "current", "C": "current"}


def test_a_record_that_left_and_returned_between_two_resolutions_did_not_leave() -> None:
    history = remember("a:1 b:1")
    assert history.leave("a").say("a", frozenset("1")).resolve() == history


def test_a_return_that_is_taken_back_before_it_was_seen_leaves_the_heir() -> None:
    history = remember("a:1 b:1").leave("a").resolve()
    assert history.say("a", frozenset("2")).leave("a").resolve().held == history.held


def test_a_record_that_left_before_it_was_ever_resolved_leaves_no_id() -> None:
    history = History().say("a", frozenset("1")).leave("a").say("b", frozenset("1")).resolve()
    assert (partition(history), set(history.held.customers)) == ("B:b", {"B"})


def test_an_erased_id_that_nobody_answers_for_is_erased() -> None:
    history = replace(remember("a:1 b:1 c:2"), erased=frozenset("ac")).leave("a").leave("c").resolve()
    assert statuses(history) == {"A": "current", "C": "erased"}


def test_a_same_unites_and_sleeps_while_one_of_its_records_is_gone() -> None:
    history = replace(remember("a:1 b:2"), decisions=(same(1, "a", "b"),)).resolve()
    assert partition(history) == "A:ab"
    away = history.leave("b").resolve()
    assert partition(away) == "A:a"
    assert partition(away.say("b", frozenset("3")).resolve()) == "A:ab"


def correction(number: int, field: str, content: str) -> Correction:
    return Correction(id=number, field=field, content=content, at=AT)


def test_a_correction_stands_above_the_records_and_the_newest_above_the_others() -> None:
    said = {"a": [correction(4, "name", "Jane A Doe"), correction(3, "name", "J Doe")]}
    customer = replace(remember("a:1 b:1"), corrections=said).conclude().customers["A"]
    assert (customer["name"], customer["name_source"], customer["name_updated_at"]) == ("Jane A Doe", "decision|4", AT)
    assert (customer["phone"], customer["phone_source"]) == ("1", "a")


def test_a_correction_goes_with_the_record_or_with_whoever_answers_for_it() -> None:
    said = {"a": [correction(1, "birth_date", "1990-05-17"), correction(2, "phone", "+254712345678")]}
    history = replace(remember("a:12 b:1 c:2"), corrections=said).leave("a").resolve()
    customers = history.conclude().customers
    assert customers["A"]["birth_date"] == date(1990, 5, 17)
    assert (customers["A"]["phone"], customers["A"]["phone_masked"]) == ("+254712345678", "***5678")
    assert "birth_date" not in customers["C"]


def test_what_a_customer_says_survives_the_ledger() -> None:
    said = {"a": [correction(1, "birth_date", "1990-05-17"), correction(2, "party_type", "person")]}
    customer = replace(remember("a:1"), corrections=said).conclude().customers["A"]
    assert recall({**tell(customer), "into": "B"}) == customer
    assert all(isinstance(value, str) for value in tell(customer).values())


# -- laws ------------------------------------------------------------------------------------------------------------


@law
@given(histories())
def test_l7_every_id_ever_issued_has_one_answer_and_no_two_customers_claim_one(history: History) -> None:
    said = history.conclude()
    held, heirs = said.view, said.view.heirs
    parts = {
        frozenset(key for key, its in held.memberships.items() if its == gcid)
        for gcid in set(held.memberships.values())
    }
    linked = {key: {key} for key in held.memberships}
    for link in held.links:
        joined = linked[link.a] | linked[link.b]
        linked |= dict.fromkeys(joined, joined)
    assert parts == {frozenset(part) for part in linked.values()}, "no two groups under one name"
    for gcid in history.issued:
        key = gcid.lower()
        home = present_heir(key, heirs) if key in heirs else key
        current = gcid in held.memberships.values()
        status = said.customers[gcid]["status"]
        assert (status == "current") == current
        assert (status in ("closed", "erased")) == (home is None)
        assert held.mergers.get(gcid) == (None if current or home is None else held.memberships[home])
        assert not current or home is None or held.memberships[home] == gcid


@law
@given(histories())
def test_l3_a_resolution_finds_nothing_left_to_do(history: History) -> None:
    assert not compare(history.held, history.conclude().view)


@law
@given(histories(), st.sampled_from(KEYS), phones, decided())
def test_l6_a_change_taken_back_gives_back_partition_and_names(
    history: History, key: str, said: frozenset[str], decisions: tuple[Decision, ...]
) -> None:
    before = history.held.memberships
    decided_otherwise = replace(history, decisions=decisions).resolve()
    assert replace(decided_otherwise, decisions=history.decisions).resolve().held.memberships == before
    changed = history.say(key, said).resolve()
    if key not in history.phones:
        assert changed.leave(key).resolve().held.memberships == before
    elif key not in history.left:
        assert changed.say(key, history.phones[key]).resolve().held.memberships == before
        assert history.leave(key).resolve().say(key, history.phones[key]).resolve().held.memberships == before


@law
@given(histories())
def test_l9_a_different_separates_while_each_side_has_somebody(history: History) -> None:
    gcids = history.held.memberships
    for decision in history.decisions:
        if decision.verdict is Verdict.DIFFERENT:
            sides = [{gcids[key] for key in side if key in gcids} for side in (decision.left, decision.right)]
            assert not sides[0] & sides[1]


@law
@given(histories())
def test_an_id_names_its_own_record_or_one_that_answers_for_it(history: History) -> None:
    for key, gcid in history.held.memberships.items():
        bearer = gcid.lower()
        home = present_heir(bearer, history.held.heirs) if bearer in history.held.heirs else bearer
        assert home is not None
        assert history.held.memberships[home] == gcid
        assert history.ranks()[bearer] <= history.ranks()[key]
        assert birth_id(bearer) == gcid


@pytest.mark.parametrize("verdict", [same(1, "a", "b"), different(1, "a", "b")])
def test_a_decision_about_nobody_here_is_no_decision(verdict: Decision) -> None:
    assert replace(History(), decisions=(verdict,)).region().decisions == ()
