"""Erasing on real stores: what was personal is gone from both, the id stays, and the key stays out until released."""

import pytest
from neo4j import AsyncDriver

from graph.business import ActivityRecord, CardRecord, CaseRecord, Reference, RoleRecord, ScoreRecord, SessionRecord
from graph.client import GraphClient
from graph.errors import BadDecision, NotFound
from graph.load import Loader
from graph.proposals import Correct, Suppress
from ledger.ledger import Ledger
from ledger.records import forget_erased
from tests.integration.graph.bank import DAY, SECRET, batch
from tests.integration.graph.office import ID, MAIL, OTHER_PHONE, PHONE, WHY, Office, key, record

JOHN, MARY = "John Doe", "Mary Wanjiku"
PERSONAL = ("record_key", "record_version", "evidence_value", "golden_version", "decision_note")


@pytest.fixture
def office(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> Office:
    return Office(graph, ledger, driver)


async def told(office: Office) -> str:
    """All that both stores say of records, values, customers and decisions."""
    nodes = await office.driver.execute_query("MATCH (n) WHERE NOT n:Run RETURN labels(n), properties(n)")
    edges = await office.driver.execute_query("MATCH ()-[e]->() RETURN type(e), properties(e)")
    texts = [str(row.values()) for row in (*nodes.records, *edges.records)]
    async with office.ledger.transaction() as connection:
        for table in PERSONAL:
            rows = await connection.execute(f"SELECT t::text FROM {table} t".encode())  # noqa: S608 - one of ours
            texts += [row[0] async for row in rows]
    return "\n".join(texts)


async def test_erasing_the_bridge_splits_and_restores_both_ids(office: Office) -> None:
    await office.load(record("a", JOHN, PHONE), record("c", JOHN, OTHER_PHONE))
    before = await office.gcids()
    await office.load(record("b", JOHN, PHONE, OTHER_PHONE))
    assert await office.parts() == {"abc"}
    report = await office.steward.erase(key("b"), **WHY)
    assert report.resolved.split == 1
    assert await office.gcids() == before


async def test_nothing_personal_is_left(office: Office) -> None:
    await office.load(record("a", MARY, PHONE, MAIL, ID), record("b", JOHN, PHONE))
    await office.load(record("a", MARY, PHONE, ID))
    gcid = (await office.gcids())["a"]
    await office.steward.decide(Correct(gcid, "name", "Mary Njeri"), **WHY)
    born = await office.born_as("a")
    hers = ("Njeri", "Wanjiku", "23456781", "a@example.org", key("a"), WHY["reason"])
    said = await told(office)
    assert [text for text in hers if text not in said] == []
    await office.steward.erase(key("a"), **WHY)
    left = await told(office)
    assert [text for text in hers if text in left] == []
    assert "+254712000001" in left, "somebody else has that phone"
    ghosts = await office.rows("MATCH (s:Erased:Ghost) UNWIND keys(s) AS name RETURN name, toString(s[name])")
    assert {(name, text) for name, text in ghosts if name not in ("rank", "step")} == {
        ("birth_id", born),
        ("key", f"erased|{born}"),
    }
    assert await office.rows("MATCH (g:GlobalCustomer {gcid: $gcid}) RETURN g.status", gcid=gcid) == {("erased",)}


async def test_an_erased_key_stays_out_until_it_is_released_and_is_somebody_new_then(office: Office) -> None:
    await office.load(record("a", JOHN, PHONE), record("b", MARY))
    born = await office.born_as("a")
    await office.same("a", "b")
    await office.steward.erase(key("a"), **WHY)
    with pytest.raises(NotFound, match="not known"):
        await office.same("a", "b")
    await office.load(record("a", JOHN, PHONE))
    assert await office.parts() == {"b"}
    await office.steward.release_erased(key("a"), **WHY)
    await office.load(record("a", JOHN, PHONE))
    assert await office.parts() == {"a", "b"}, "no decision is about the new one"
    assert await office.born_as("a") != born
    with pytest.raises(BadDecision, match="not erased"):
        await office.steward.release_erased(key("a"), **WHY)
    with pytest.raises(BadDecision, match="reason"):
        await office.steward.erase(key("a"), by="wanja", reason="")


async def test_a_record_that_left_can_be_erased_and_its_heir_carries_its_id_on(office: Office) -> None:
    await office.load(record("a", JOHN, PHONE), record("b", JOHN, PHONE))
    gcid = (await office.gcids())["a"]
    await office.leave("a")
    await office.steward.erase(key("a"), **WHY)
    assert await office.gcids() == {"b": gcid}
    assert await office.rows("MATCH (:Ghost)-[h]->(i:Identifier) RETURN type(h), i.key") == set()


class Killed(Exception):
    pass


@pytest.mark.parametrize("point", ["appended", "applied", "committed"])
async def test_a_crash_erases_all_or_nothing_and_may_be_repeated(office: Office, point: str) -> None:
    def die(reached: str) -> None:
        if reached == point:
            raise Killed

    await office.load(record("a", JOHN, PHONE), record("b", MARY))
    with pytest.raises(Killed):
        await office.another_steward(die).erase(key("a"), **WHY)
    await office.resolver.resolve()
    assert await office.parts() == ({"b"} if point == "committed" else {"a", "b"})
    if point == "committed":
        async with office.ledger.transaction() as connection:
            await forget_erased(connection)  # as every poll does after its resolution
    else:
        await office.steward.erase(key("a"), **WHY)
    assert await office.parts() == {"b"}
    assert "John" not in await told(office)
    async with office.ledger.transaction() as connection:
        notes = await connection.execute("SELECT by, reason FROM step_note JOIN committed USING (step)")
        assert [tuple(row) async for row in notes] == [(WHY["by"], WHY["reason"])]
    with pytest.raises(NotFound, match="erased already"):
        await office.steward.erase(key("a"), **WHY)


async def test_what_was_decided_about_a_value_holds_after_its_holder_was_erased(office: Office) -> None:
    await office.load(record("a", JOHN, PHONE))
    await office.steward.decide(Suppress(*PHONE, "KE"), **WHY)
    await office.steward.erase(key("a"), **WHY)
    await office.load(record("b", MARY, PHONE), record("c", MARY, PHONE))
    assert await office.parts() == {"b", "c"}


async def test_what_she_had_and_did_is_nobody_s_and_no_row_about_it_brings_her_back(office: Office) -> None:
    """As of logins and alerts: that they were stays, tied to a record without a name."""
    mary, john = key("a"), key("b")
    business = (
        SessionRecord(key="s|session|1", customer=mary, channel="ussd", at=DAY),
        CaseRecord(key="s|case|1", customer=mary, at=DAY),
        ActivityRecord(key="s|activity|1", customer=mary, at=DAY, operation="Login", actor=MARY),
        CardRecord(key="s|card|1", holder=mary, last_four="4242"),
        RoleRecord(key="s|role|1", type="next_of_kin_of", holder=mary, customer=john, role="wife"),
        RoleRecord(key="s|role|2", type="guarantees", holder=john, customer=mary),
        ScoreRecord(
            key="s|score|1",
            at=DAY,
            raw_score=13,
            raw_scale="1-25",
            score=50,
            about=(Reference(to="customer.national_id", value="NationalId|KE|23456781"),),
        ),
    )
    loader = Loader(office.client, office.ledger, secret=SECRET, policy=office.policy)
    await office.load(record("a", MARY, PHONE, ID), record("b", JOHN))
    await loader.load(batch(*business, system="s"))
    scored = "MATCH (s:SourceCustomer)-[:SCORED]->(n) RETURN s.key, n.key"
    assert await office.rows(scored) == {(mary, "s|score|1")}
    born = await office.born_as("a")
    assert MARY in await told(office)
    await office.steward.erase(mary, **WHY)
    left = await told(office)
    assert [text for text in (MARY, mary, "23456781") if text in left] == []
    assert await office.rows(scored) == {(f"erased|{born}", "s|score|1")}
    tied = "MATCH (s:SourceCustomer {key: $key})-[e]-(n) WHERE n:Role OR n:Event OR n:Card RETURN type(e), n.key"
    hers = {("HAD_SESSION", "s|session|1"), ("ABOUT", "s|case|1"), ("ON", "s|activity|1"), ("CARRIES", "s|card|1")}
    roles = {("PLAYS", "s|role|1"), ("TOWARDS", "s|role|2")}
    assert await office.rows(tied, key=f"erased|{born}") == hers | roles
    later = [RoleRecord(key=f"s|role|{n}", type="guarantees", holder=john, customer=mary) for n in (3, 4)]
    assert (await loader.load(batch(*business, *later, system="s"))).created == 2
    assert await office.rows("MATCH (s:SourceCustomer) WHERE NOT s:Ghost RETURN s.key") == {(john,)}
    assert await office.rows("MATCH (r:Role) WHERE r.key > 's|role|2' RETURN COUNT { (r)-[:TOWARDS]->() }") == {(0,)}
