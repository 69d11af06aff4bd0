"""What would change many customers waits for another steward, and comes to what was looked at or to nothing."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from neo4j import AsyncDriver

from graph.client import GraphClient
from graph.proposals import Same, say_proposal
from ledger.ledger import Ledger
from ledger.proposals import append_proposal
from ledger.review import comment_on, keep_item
from tests.integration.api.stewards import JOHN, Desk, open_desk
from tests.integration.graph.office import PHONE, Office, key, record

NOBODY = "00000000-0000-8000-8000-000000000000"


@pytest.fixture
async def at(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> AsyncIterator[Desk]:
    async with open_desk(Office(graph, ledger, driver), ledger) as opened:
        yield opened


async def crowd(at: Desk) -> dict[str, Any]:
    """A phone that holds two pairs together, which is more customers than one person may change."""
    await at.office.load(*(record(name, JOHN, PHONE) for name in "abc"))
    return {"kind": "PHONE", "value": PHONE[1]}


async def test_what_changes_many_customers_waits_for_a_second_person(at: Desk) -> None:
    given = await crowd(at)
    before, steps = await at.office.gcids(), await at.office.count_steps()
    waits = await at.do("suppressValue", **given, idempotencyKey="k")
    assert (waits["state"], waits["decision"], waits["proposal"]) == ("PENDING", None, "1")
    assert await at.do("suppressValue", **given, idempotencyKey="k") == waits
    assert (await at.office.gcids(), await at.office.count_steps(), at.published) == (before, steps, 0)
    listed = await at.post("{ pendingDecisions { edges { node { id by reason verdict about customers basis } } } }")
    assert [edge["node"] for edge in listed["data"]["pendingDecisions"]["edges"]] == [
        {
            "id": "1",
            "by": "wanja",
            "reason": "seen both passports",
            "verdict": "suppress",
            "about": ["Phone"],
            "customers": 3,
            "basis": waits["basis"],
        }
    ]
    assert await at.refused("approveDecision", id="1") == "BAD_USER_INPUT", "not by himself"
    assert await at.refused("rejectDecision", id="1") == "BAD_USER_INPUT"
    taken = await at.do("approveDecision", id="1", by="otieno", reason="I agree")
    assert (taken["state"], taken["decision"], taken["suppressed"]) == ("TAKEN", 1, "steward_suppressed")
    assert await at.office.parts() == {"a", "b", "c"}
    assert await at.do("approveDecision", id="1", by="otieno", reason="I agree") == taken, "once"
    assert await at.do("suppressValue", **given, idempotencyKey="k") == taken, "the proposer hears what came of it"
    assert await at.office.rows("MATCH (d:Decision) RETURN d.id, d.by, d.reason") == {
        (1, "wanja", "seen both passports")
    }
    async with at.ledger.transaction() as connection:
        rows = await connection.execute(
            "SELECT said, v.by, what FROM proposal JOIN proposal_verdict v ON proposal = id"
        )
        assert [row async for row in rows] == [(None, "otieno", "approved")], "what was typed is forgotten"
    assert await at.refused("rejectDecision", id="1", by="otieno") == "CONFLICT"


async def test_a_second_person_may_say_no(at: Desk) -> None:
    given = await crowd(at)
    waits = await at.do("suppressValue", **given)
    assert (await at.do("rejectDecision", id=waits["proposal"], by="otieno"))["state"] == "REJECTED"
    assert await at.refused("approveDecision", id=waits["proposal"], by="otieno") == "CONFLICT"
    assert await at.refused("approveDecision", id="99", by="otieno") == "NOT_FOUND"
    assert await at.refused("approveDecision", id="x", by="otieno") == "NOT_FOUND"
    listed = await at.post("{ pendingDecisions { edges { node { id } } } }")
    assert listed["data"]["pendingDecisions"]["edges"] == []
    assert await at.office.parts() == {"abc"}


async def test_an_approval_of_what_has_changed_is_a_conflict(at: Desk) -> None:
    given = await crowd(at)
    waits = await at.do("suppressValue", **given)
    await at.office.load(record("d", JOHN, PHONE))
    assert await at.refused("approveDecision", id=waits["proposal"], by="otieno") == "CONFLICT"
    assert await at.office.parts() == {"abcd"}


async def test_what_was_proposed_and_said_of_a_record_is_forgotten_with_it(at: Desk) -> None:
    await at.office.load(*(record(name, JOHN, PHONE) for name in "abc"))
    async with at.ledger.transaction() as connection:
        await comment_on(connection, NOBODY, "wanja", "she called", [key("a")])
        await keep_item(connection, NOBODY, "wanja", "she called", [key("a"), key("b")])
        said = say_proposal(Same(key("a"), key("b")))
        number = await append_proposal(
            connection,
            said,
            [key("a"), key("b")],
            by="wanja",
            reason="she called",
            basis=NOBODY,
            customers=9,
            request=None,
        )
    await at.office.steward.erase(key("a"), by="wanja", reason="she asked for it")
    async with at.ledger.transaction() as connection:
        rows = await connection.execute(
            "SELECT said::text, reason FROM proposal UNION ALL SELECT NULL, reason FROM review_kept"
            " UNION ALL SELECT NULL, text FROM review_comment"
        )
        assert [row async for row in rows] == [(None, "(erased)"), (None, "(erased)")]
    assert await at.refused("approveDecision", id=str(number), by="otieno") == "BAD_USER_INPUT"
    listed = await at.post("{ pendingDecisions { edges { node { id } } } }")
    assert listed["data"]["pendingDecisions"]["edges"] == []
