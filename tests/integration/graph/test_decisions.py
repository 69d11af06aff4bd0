"""Each verdict on real stores: applied at once, dormant while a record is gone, revived, undone without a trace."""

import pytest
from neo4j import AsyncDriver

from graph.client import GraphClient
from graph.errors import BadDecision, Conflict, NotFound
from graph.proposals import Different, Same, Suppress
from graph.records import PartyType
from ledger.ledger import Ledger
from tests.integration.graph.office import (
    ID,
    MAIL,
    OTHER_ID,
    OTHER_PHONE,
    PHONE,
    WHY,
    Office,
    company,
    key,
    keys,
    record,
)

JOHN, MARY = "John Doe", "Mary Wanjiku"


@pytest.fixture
def office(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> Office:
    return Office(graph, ledger, driver)


async def test_same_joins_two_customers_with_different_national_ids_whole(office: Office) -> None:
    await office.load(record("a", JOHN, PHONE, ID), record("b", JOHN, PHONE))
    await office.load(record("c", JOHN, OTHER_PHONE, OTHER_ID), record("d", JOHN, OTHER_PHONE))
    before = await office.gcids()
    assert await office.parts() == {"ab", "cd"}
    report = await office.steward.decide(Same(key("a"), key("c")), **WHY)
    assert await office.parts() == {"abcd"}
    assert set((await office.gcids()).values()) == {before["a"]}
    assert [(event.what.value, event.gcid, event.cause_decision) for event in report.events] == [
        ("merged", before["a"], report.decision)
    ]
    assert report.resolved.merged == 1
    assert await office.rows(
        "MATCH (d:Decision)-[c:CONCERNS]->(s) RETURN d.id, d.verdict, d.by, d.reason, d.step, c.side, s.key"
    ) == {
        (1, "same", "wanja", "seen both passports", report.step, side, key(name))
        for side, name in (("left", "a"), ("right", "c"))
    }
    await office.undo(report.decision)
    assert await office.gcids() == before
    assert await office.decisions() == set()


async def test_different_separates_the_sides_that_are_given_and_nobody_else(office: Office) -> None:
    await office.load(*(record(name, JOHN, PHONE) for name in "abc"))
    assert await office.parts() == {"abc"}
    number = await office.different("a", "b")
    assert await office.parts() == {"a", "b", "c"}, "who is linked to both sides joins neither"
    await office.undo(number)
    await office.different("a", "bc")
    assert await office.parts() == {"a", "bc"}


@pytest.mark.parametrize("pair", ["ac", "ad", "bc", "bd", "ca"])
async def test_different_restores_both_ids_whichever_pair_is_clicked(office: Office, pair: str) -> None:
    await office.load(record("a", JOHN, PHONE), record("b", JOHN, PHONE))
    await office.load(record("c", JOHN, OTHER_PHONE), record("d", JOHN, OTHER_PHONE))
    apart = await office.gcids()
    await office.load(record("b", JOHN, PHONE, MAIL), record("c", JOHN, OTHER_PHONE, MAIL))
    assert await office.parts() == {"abcd"}
    await office.load(record("e", JOHN, MAIL))
    left, right = await office.steward.sides_of(key(pair[0]), key(pair[1]))
    assert {left, right} == {keys("ab"), keys("cd")}
    await office.steward.decide(Different(frozenset(left), frozenset(right)), **WHY)
    assert {name: gcid for name, gcid in (await office.gcids()).items() if name != "e"} == apart


async def test_sides_remember_records_that_have_gone(office: Office) -> None:
    await office.load(record("a", JOHN, PHONE), record("b", JOHN, PHONE), record("c", JOHN, OTHER_PHONE, MAIL))
    apart = await office.gcids()
    await office.load(record("b", JOHN, PHONE, MAIL))
    assert await office.parts() == {"abc"}
    await office.leave("b")
    assert await office.parts() == {"a", "c"}
    await office.load(record("b", JOHN, PHONE, MAIL))
    await office.leave("a")
    assert await office.steward.sides_of(key("b"), key("c")) == (keys("ab"), keys("c")), "a is remembered"
    assert await office.steward.sides_of(key("a"), key("c")) == (keys("a"), keys("c")), "b was gone then"
    await office.load(record("a", JOHN, PHONE))
    assert await office.steward.sides_of(key("a"), key("b")) == (keys("a"), keys("b")), "never apart: just the pair"
    assert await office.parts() == {"abc"}
    assert (await office.gcids())["a"] == apart["a"]
    with pytest.raises(NotFound, match="not known"):
        await office.steward.sides_of(key("a"), key("nobody"))


async def test_a_decision_about_a_record_that_left_sleeps_and_wakes_with_it(office: Office) -> None:
    await office.load(record("a", JOHN, PHONE), record("b", MARY))
    await office.leave("b")
    await office.same("a", "b")
    assert await office.parts() == {"a"}
    assert await office.marked() == set()
    await office.load(record("b", MARY))
    assert await office.parts() == {"ab"}
    await office.leave("b")
    assert await office.parts() == {"a"}
    await office.load(record("b", MARY))
    assert await office.parts() == {"ab"}
    await office.undo(1)
    assert await office.parts() == {"a", "b"}


async def test_undoing_everything_gives_back_every_id(office: Office) -> None:
    await office.load(record("a", JOHN, PHONE, ID), record("b", JOHN, PHONE), record("c", MARY), record("d", None))
    before, before_parts = await office.gcids(), await office.parts()
    numbers = [
        await office.same("c", "d"),
        await office.different("a", "b"),
        await office.same("b", "c"),
        (await office.steward.decide(Suppress(*PHONE, "KE"), **WHY)).decision,
    ]
    assert await office.parts() == {"a", "bcd"}
    for number in reversed(numbers):
        await office.undo(number)
    assert (await office.gcids(), await office.parts()) == (before, before_parts)
    assert await office.decisions() == set()
    assert await office.rows("MATCH (i:Identifier) WHERE i.standing IS NOT NULL RETURN i.key") == set()


async def test_the_undo_of_an_undo_revives_and_so_on(office: Office) -> None:
    await office.load(record("a", JOHN), record("b", MARY))
    same = await office.same("a", "b")
    undo = await office.undo(same)
    with pytest.raises(BadDecision, match=f"Decision {same} was undone by decision {undo}"):
        await office.undo(same)
    again = await office.undo(undo)
    assert (await office.parts(), await office.decisions()) == ({"ab"}, {(same, "same")})
    third = await office.undo(again)
    assert (await office.parts(), await office.decisions()) == ({"a", "b"}, set())
    await office.undo(third)
    assert (await office.parts(), await office.decisions()) == ({"ab"}, {(same, "same")})
    with pytest.raises(NotFound, match="no decision 99"):
        await office.undo(99)


async def test_an_undo_that_was_overtaken_is_refused(office: Office) -> None:
    await office.load(record("a", JOHN), record("b", MARY))
    same = await office.same("a", "b")
    undo = await office.undo(same)
    again = await office.undo(undo)
    await office.undo(same)
    with pytest.raises(BadDecision, match="would change nothing"):
        await office.undo(again)
    assert await office.parts() == {"a", "b"}


async def test_what_contradicts_is_refused_with_its_chain(office: Office) -> None:
    await office.load(*(record(name, JOHN) for name in "abcd"), company("x", "Acme Ltd"))
    await office.load(record("p", MARY, party_type=PartyType.PERSON))
    chain = [await office.same("a", "b"), await office.same("b", "c"), await office.same("c", "d")]
    steps = await office.count_steps()
    with pytest.raises(Conflict, match="decisions 1, 2, 3") as refused:
        await office.different("a", "d")
    assert sorted(refused.value.chain) == chain
    assert await office.count_steps() == steps, "nothing was written"

    apart = await office.different("x", "d")
    with pytest.raises(Conflict) as refused:
        await office.same("a", "x")
    assert sorted(refused.value.chain) == [*chain, apart]
    with pytest.raises(Conflict, match="person and a company") as refused:
        await office.same("p", "x")
    assert refused.value.chain == ()
    assert await office.parts() == {"abcd", "p", "x"}


async def test_a_contradiction_hidden_by_a_deletion_is_one(office: Office) -> None:
    await office.load(*(record(name, JOHN) for name in "abc"), company("x", "Acme Ltd"))
    await office.same("a", "b")
    await office.same("b", "c")
    await office.leave("b", "x")
    assert await office.parts() == {"a", "c"}
    with pytest.raises(Conflict) as refused:
        await office.different("a", "c")
    assert sorted(refused.value.chain) == [1, 2]
    await office.load(record("p", MARY, party_type=PartyType.PERSON))
    with pytest.raises(Conflict, match="person and a company"):
        await office.same("p", "x")


async def test_an_undo_may_not_revive_a_contradiction(office: Office) -> None:
    await office.load(*(record(name, JOHN) for name in "abc"))
    same = await office.same("a", "b")
    undo = await office.undo(same)
    apart = await office.different("a", "b")
    with pytest.raises(Conflict) as refused:
        await office.undo(undo)
    assert refused.value.chain == (apart,)
    assert await office.decisions() == {(apart, "different")}


async def test_bad_decisions_are_told_in_one_sentence(office: Office) -> None:
    await office.load(record("a", JOHN), record("b", MARY))
    steps = await office.count_steps()
    with pytest.raises(NotFound, match="1 of the records named is not known"):
        await office.same("a", "nobody")
    with pytest.raises(BadDecision, match="against itself"):
        await office.same("a", "a")
    with pytest.raises(BadDecision, match="Both sides"):
        await office.different("a", "")
    with pytest.raises(BadDecision, match="a reason"):
        await office.steward.decide(Same(key("a"), key("b")), by="wanja", reason=" ")
    with pytest.raises(BadDecision) as refused:
        await office.steward.decide(Suppress("Phone", "12", "KE"), **WHY)
    assert "12" not in str(refused.value)
    assert await office.count_steps() == steps
