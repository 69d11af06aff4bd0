"""Ids over time on real servers: who answers for whom, and what stewards said."""

import pytest
from neo4j import AsyncDriver

from graph.client import GraphClient
from graph.records import Departure
from ledger.ledger import Ledger
from tests.integration.graph.branch import AT, OTHER_PHONE, PHONE, A, B, Branch, C, D, john
from tests.integration.graph.populations import held
from tests.unit.graph.resolution.worlds import record


@pytest.fixture
def branch(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> Branch:
    return Branch(graph, ledger, driver)


# -- ghosts and heirs ------------------------------------------------------------------------------------------------


async def test_an_id_outlives_its_record_and_closes_with_the_last_heir(branch: Branch) -> None:
    await branch.say(john(A, PHONE), john(B, PHONE), john(C, PHONE))
    births = await branch.births()
    first = births["a"]
    report = await branch.leave(A)
    assert (report.churn, report.closed, await branch.gcids()) == (0, 0, {"b": first, "c": first})
    await branch.leave(B)
    assert await branch.gcids() == {"c": first}
    assert await branch.answer(first) == [[first, None]]
    report = await branch.leave(C)
    assert (report.closed, await branch.answer(first)) == (1, [])
    assert (await held(branch.driver)).customers == {(first, "closed")}
    heirs = await branch.tuples("SELECT birth_id::text, what, heir::text FROM heir_delta")
    assert heirs == {
        (births["a"], "named", births["b"]),
        (births["b"], "named", births["c"]),
        (births["c"], "named", None),
    }
    assert (await branch.resolver.resolve_all()).steps == ()


async def test_a_record_that_returns_elsewhere_takes_its_id_along(branch: Branch) -> None:
    await branch.say(john(A, PHONE), john(B, PHONE))
    births = await branch.births()
    await branch.leave(A)
    report = await branch.say(john(A, OTHER_PHONE))
    assert await branch.gcids() == births
    assert (report.split, report.churn) == (1, 1)
    assert ("dropped",) in await branch.tuples("SELECT what FROM heir_delta")
    assert (await branch.driver.execute_query("MATCH ()-[h:HEIR]->() RETURN h")).records == []


async def test_an_id_that_was_merged_leads_to_whoever_answers_for_its_record(branch: Branch) -> None:
    await branch.say(john(A, PHONE))
    await branch.say(john(B, OTHER_PHONE))
    births = await branch.births()
    await branch.say(john(B, PHONE))
    assert await branch.answer(births["b"]) == [[births["a"], births["b"]]]
    await branch.leave(B)
    assert await branch.answer(births["b"]) == [[births["a"], births["b"]]]
    await branch.leave(A)
    assert (await held(branch.driver)).customers == {(births["a"], "closed"), (births["b"], "closed")}


async def test_until_it_is_resolved_an_id_is_answered_as_before(branch: Branch) -> None:
    await branch.say(john(A, PHONE), john(B, PHONE))
    first = (await branch.births())["a"]
    await branch.load(Departure(A))
    assert await branch.answer(first) == [[first, None]]
    await branch.resolver.resolve()
    await branch.load(john(A, OTHER_PHONE))
    assert await branch.answer(first) == [[first, None]]


# -- decisions -------------------------------------------------------------------------------------------------------


async def test_a_same_unites_records_that_share_nothing_until_it_is_undone(branch: Branch) -> None:
    await branch.say(john(A, PHONE), record(B, "Mary Wanjiku", OTHER_PHONE))
    apart = await branch.gcids()
    assert (await branch.judge(7, "same", [A], [B])).merged == 1
    assert (await held(branch.driver)).linked == {(A, B, "Same", "Same|7", 0)}
    assert await branch.parts() == {"ab"}
    await branch.leave(B)
    assert await branch.parts() == {"a"}
    await branch.say(record(B, "Mary Wanjiku", OTHER_PHONE))
    assert await branch.parts() == {"ab"}, "it slept while one of the two was gone"
    assert (await branch.undo(7)).split == 1
    assert await branch.gcids() == apart
    links = await branch.tuples("SELECT what, kind, decision, value FROM link_delta WHERE kind = 'Same'")
    assert links == {("accepted", "Same", 7, None), ("ended", "Same", 7, None)}


async def test_a_different_parts_two_sides_until_it_is_undone(branch: Branch) -> None:
    await branch.say(john(A, PHONE), john(B, PHONE), john(C, PHONE), john(D, PHONE))
    await branch.judge(1, "different", [A, B], [C, D])
    assert await branch.parts() == {"ab", "cd"}
    assert {refused[4] for refused in (await held(branch.driver)).refused} == {"steward_different"}
    await branch.leave(C)
    assert await branch.parts() == {"ab", "d"}
    await branch.undo(1)
    assert await branch.parts() == {"abd"}


async def test_a_correction_stands_in_the_golden_record_wherever_its_id_goes(branch: Branch) -> None:
    await branch.say(john(A, PHONE), john(B, PHONE))
    first = (await branch.births())["a"]
    await branch.judge(3, "correct", [A], field="name", value="John A Doe")
    await branch.leave(A)
    rows = await branch.driver.execute_query("MATCH (g:GlobalCustomer {gcid: $gcid}) RETURN g {.*} AS g", gcid=first)
    golden = rows.records[0]["g"]
    assert (golden["name"], golden["name_source"]) == ("John A Doe", "decision|3")
    assert golden["name_updated_at"].to_native() == AT
    assert golden["phone_source"] == B
