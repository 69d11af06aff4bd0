"""Suppress, release and correct on real stores, and decisions that a crash breaks off at each point of their step."""

import pytest
from neo4j import AsyncDriver

from graph.client import GraphClient
from graph.errors import BadDecision, NotFound
from graph.proposals import Correct, Release, Same, Suppress
from graph.resolution.reasons import ReasonCode
from ledger.ledger import Ledger
from tests.integration.graph.office import ID, MAIL, OTHER_ID, PHONE, WHY, Office, key, record
from tests.unit.graph.resolution.worlds import GUARDED

JOHN, MARY = "John Doe", "Mary Wanjiku"
SUPPRESSED = "MATCH (i:Identifier) WHERE i.suppressed IS NOT NULL RETURN i.key, i.suppressed, i.standing"


@pytest.fixture
def office(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> Office:
    return Office(graph, ledger, driver)


async def test_a_suppressed_phone_links_nobody_until_it_is_undone(office: Office) -> None:
    await office.load(record("a", JOHN, PHONE), record("b", JOHN, PHONE, MAIL), record("c", JOHN, MAIL))
    before = await office.gcids()
    preview = await office.steward.preview(Suppress(*PHONE, "KE"))
    assert {(it.record, it.after) for it in preview.changed.items} == {
        (key(name), await office.born_as("b")) for name in "bc"
    }
    assert await office.parts() == {"abc"}, "a preview writes nothing"
    report = await office.steward.decide(Suppress(*PHONE, "KE"), **WHY)
    assert report.suppressed is ReasonCode.STEWARD_SUPPRESSED
    assert await office.parts() == {"a", "bc"}
    assert await office.rows(SUPPRESSED) == {("Phone|+254712000001", "steward_suppressed", "suppress")}
    assert await office.rows("MATCH (:Decision)-[:CONCERNS]->(i:Identifier) RETURN i.key") == {("Phone|+254712000001",)}
    listed = await office.steward.standing()
    assert [(it.id, it.verdict, it.by, it.values) for it in listed] == [(1, "suppress", "wanja", ["Phone ***0001"])]
    await office.load(record("d", JOHN, PHONE))
    assert await office.parts() == {"a", "bc", "d"}
    await office.undo(report.decision)
    assert await office.parts() == {"abcd"}
    assert {name: gcid for name, gcid in (await office.gcids()).items() if name != "d"} == before
    await office.undo(2)
    assert await office.parts() == {"a", "bc", "d"}, "an undone undo suppresses again"


async def test_a_suppressed_dummy_national_id_vetoes_nobody(office: Office) -> None:
    await office.load(record("a", JOHN, PHONE, ID), record("b", JOHN, PHONE, OTHER_ID))
    assert await office.parts() == {"a", "b"}
    await office.steward.decide(Suppress(*OTHER_ID, "KE"), **WHY)
    assert await office.parts() == {"ab"}


async def test_a_value_that_nobody_has_yet_may_be_suppressed(office: Office) -> None:
    report = await office.steward.decide(Suppress(*PHONE, "KE"), **WHY)
    assert report.resolved.steps == ()
    await office.load(record("a", JOHN, PHONE), record("b", JOHN, PHONE))
    assert await office.parts() == {"a", "b"}
    await office.undo(report.decision)
    assert await office.parts() == {"ab"}


async def test_a_release_overrides_placeholder_and_cap_but_not_the_hub(
    graph: GraphClient, ledger: Ledger, driver: AsyncDriver
) -> None:
    office = Office(graph, ledger, driver, GUARDED.model_copy(update={"cap": 2, "hub": 4}))
    dummy = ("NationalId", "99999998")
    await office.load(record("a", JOHN, PHONE, dummy), record("b", JOHN, PHONE), record("c", JOHN, dummy))
    await office.load(record("d", MARY, PHONE), record("e", "Peter Otieno", PHONE))
    assert await office.parts() == set("abcde")
    assert (await office.steward.decide(Release(*dummy, "KE"), **WHY)).suppressed is None
    assert await office.parts() == {"ac", "b", "d", "e"}
    assert (await office.steward.decide(Release(*PHONE, "KE"), **WHY)).suppressed is None
    assert await office.parts() == {"abc", "d", "e"}
    await office.load(record("f", MARY, PHONE))
    assert ("Phone|+254712000001", "shared_by_too_many", "release") in await office.rows(SUPPRESSED)
    again = await office.steward.decide(Release(*PHONE, "KE"), **WHY)
    assert again.suppressed is ReasonCode.SHARED_BY_TOO_MANY
    assert again.resolved.records == 0, "nobody meets through it, so nobody is looked at"


async def test_the_last_standing_word_on_a_value_decides(office: Office) -> None:
    await office.load(record("a", JOHN, PHONE), record("b", JOHN, PHONE))
    first = (await office.steward.decide(Suppress(*PHONE, "KE"), **WHY)).decision
    release = (await office.steward.decide(Release(*PHONE, "KE"), **WHY)).decision
    assert await office.parts() == {"ab"}
    await office.undo(release)
    assert await office.parts() == {"a", "b"}
    await office.undo(first)
    assert await office.parts() == {"ab"}
    await office.undo(3)
    assert await office.rows(SUPPRESSED) == set()
    assert await office.decisions() == {(release, "release")}


async def test_a_correction_follows_the_customer_that_bears_the_id(office: Office) -> None:
    await office.load(record("a", JOHN, PHONE), record("b", JOHN, PHONE), record("c", "Jon Doe", MAIL))
    gcid, merged = (await office.gcids())["a"], (await office.gcids())["c"]
    number = (await office.steward.decide(Correct(gcid, "name", " Jonathan Doe "), **WHY)).decision
    assert await office.golden(gcid, "name") == "Jonathan Doe"
    assert await office.golden(gcid, "name_source") == f"decision|{number}"
    await office.leave("a")
    assert (await office.golden(gcid, "name"), (await office.gcids())["b"]) == ("Jonathan Doe", gcid)
    await office.load(record("a", "Johnny Doe", PHONE))
    assert await office.golden(gcid, "name") == "Jonathan Doe", "the sources are overruled"
    await office.same("a", "c")
    await office.steward.decide(Correct(merged, "birth_date", "1990-02-03"), **WHY)
    assert str(await office.golden(gcid, "birth_date")) == "1990-02-03", "any id that was issued names the customer"
    await office.steward.decide(Correct(gcid, "phone", "0722 000 009", "KE"), **WHY)
    assert await office.golden(gcid, "phone") == "+254722000009"
    assert await office.golden(gcid, "phone_masked") == "***0009"
    await office.undo(number)
    assert await office.golden(gcid, "name") == "Johnny Doe"


async def test_what_cannot_be_corrected_is_refused(office: Office) -> None:
    await office.load(record("a", JOHN, PHONE))
    gcid = (await office.gcids())["a"]
    with pytest.raises(NotFound, match="UUID"):
        await office.steward.decide(Correct("nobody", "name", "Jane"), **WHY)
    with pytest.raises(NotFound, match="ever called"):
        await office.steward.decide(Correct("00000000-0000-8000-8000-000000000001", "name", "Jane"), **WHY)
    for field, value in (("name", "17"), ("birth_date", "3 May"), ("party_type", "cat"), ("phone", "12"), ("hat", "x")):
        with pytest.raises(BadDecision):
            await office.steward.decide(Correct(gcid, field, value, "KE"), **WHY)
    assert not (await office.steward.preview(Correct(gcid, "name", "Jane Roe"))).changed.items
    await office.leave("a")
    with pytest.raises(BadDecision, match="closed"):
        await office.steward.decide(Correct(gcid, "name", "Jane Roe"), **WHY)
    assert await office.decisions() == set()


class Killed(Exception):
    pass


@pytest.mark.parametrize("point", ["appended", "applied", "committed"])
async def test_a_crash_leaves_the_whole_decision_or_none(office: Office, point: str) -> None:
    """What is left of it the next resolution finishes."""

    def die(reached: str) -> None:
        if reached == point:
            raise Killed

    await office.load(record("a", JOHN), record("b", MARY, PHONE), record("c", JOHN, PHONE))
    dying = office.another_steward(die)
    with pytest.raises(Killed):
        await dying.decide(Same(key("a"), key("b")), **WHY)
    await office.resolver.resolve()
    taken = point == "committed"
    assert await office.parts() == ({"ab", "c"} if taken else {"a", "b", "c"})
    assert await office.decisions() == ({(1, "same")} if taken else set())
    assert await office.marked() == set()
    if not taken:
        assert await office.same("a", "b") == 2, "a number that was given is not given again"
        assert await office.parts() == {"ab", "c"}
