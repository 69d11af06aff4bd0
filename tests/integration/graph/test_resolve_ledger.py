"""What the ledger remembers of a resolution: events with their causes, links, heirs, golden records."""

import pytest
from neo4j import AsyncDriver

from graph.client import GraphClient
from graph.deltas import recall
from graph.resolution.global_ids import value_id
from ledger.ledger import Ledger
from tests.integration.graph.branch import NATIONAL_ID, OTHER_PHONE, PHONE, A, B, Branch, john
from tests.integration.graph.populations import SECRET
from tests.unit.graph.resolution.worlds import record


@pytest.fixture
def branch(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> Branch:
    return Branch(graph, ledger, driver)


async def test_every_change_is_told_to_the_ledger_with_the_step_that_caused_it(branch: Branch) -> None:
    await branch.load(john(A, PHONE))
    load = await branch.load(john(B, OTHER_PHONE))
    await branch.resolver.resolve()
    births = await branch.births()
    a, b = births["a"], births["b"]
    report = await branch.say(john(B, OTHER_PHONE, NATIONAL_ID), john(A, PHONE, NATIONAL_ID))
    (step,) = report.steps
    assert load is not None
    cause = step - 1
    events = "SELECT what, gcid::text, others::text[], records, cause FROM identity_event ORDER BY step, number"
    assert [tuple(row.values()) for row in await branch.rows(events)] == [
        *sorted([("created", a, [], 1, load - 1), ("created", b, [], 1, load)]),
        ("merged", a, sorted([a, b]), 1, cause),
    ]
    moved = (
        "SELECT birth_id::text, old_gcid::text, new_gcid::text, cause FROM membership_delta WHERE old_gcid IS NOT NULL"
    )
    assert await branch.tuples(moved) == {(b, b, a, cause)}
    links = "SELECT step, a::text, b::text, what, kind, value::text, stage FROM link_delta"
    value = str(value_id(SECRET, NATIONAL_ID.key))
    assert await branch.tuples(links) == {(step, a, b, "accepted", "NationalId", value, 1)}
    policies = await branch.tuples("SELECT DISTINCT policy FROM step WHERE kind = 'resolve'")
    assert len(policies) == 1
    assert policies != {(None,)}


async def test_refused_links_are_told_with_their_reasons_and_ends(branch: Branch) -> None:
    await branch.say(john(A, PHONE), record(B, "Mary Wanjiku", PHONE))
    await branch.say(record(B, "Mary Wanjiku", OTHER_PHONE))
    told = await branch.tuples("SELECT what, reason, inside FROM link_delta")
    assert told == {("refused", "names_contradict", False), ("ended", "names_contradict", False)}


async def test_what_a_customer_says_can_be_read_back_from_the_ledger(branch: Branch) -> None:
    await branch.say(john(A, PHONE))
    await branch.say(john(B, OTHER_PHONE))
    births = await branch.births()
    await branch.say(john(B, PHONE))
    newest = "SELECT DISTINCT ON (gcid) gcid::text, step, said FROM golden_version ORDER BY gcid, step DESC"
    told = {row["gcid"]: row for row in await branch.rows(newest)}
    assert told[births["b"]]["said"] | {"hash": ""} == {"status": "merged", "into": births["a"], "hash": ""}
    rows = (await branch.driver.execute_query("MATCH (g:GlobalCustomer) RETURN g {.*} AS g")).records
    assert len(rows) == 2
    for golden in (row["g"] for row in rows):
        since = golden.pop("since")
        assert golden == recall(told[golden["gcid"]]["said"]) | {
            "gcid": golden["gcid"],
            "step": told[golden["gcid"]]["step"],
        }
        assert since.to_native().tzinfo is not None
