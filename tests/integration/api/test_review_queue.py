"""The review queue over GraphQL: claimed, commented, and settled by the decision that belongs to its topic."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
from neo4j import AsyncDriver

from graph.client import GraphClient
from ledger.ledger import Ledger
from tests.integration.api.stewards import JOHN, Desk, open_desk
from tests.integration.graph.office import ID, PHONE, Office, key, record

BORN = date(1990, 4, 12)
SLIP = ("NationalId", "23456718")  # of ID, the last two exchanged
PASSPORT = ("Passport", "AK0123456")
QUEUE = """query($reason: ReviewTopic, $first: Int! = 20, $after: String) {
  reviewQueue(reason: $reason, first: $first, after: $after) { edges { node { ...item } cursor } }
}"""
ITEM = """ fragment item on ReviewItem {
  id topic weight customers records values { kind masked } decisions { decision } reasons choices
  claim { by } comments { by text }
}"""


@pytest.fixture
async def at(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> AsyncIterator[Desk]:
    """Two John Does one slip apart, and a passport that two who contradict each other hold."""
    office = Office(graph, ledger, driver)
    async with open_desk(office, ledger) as opened:
        await office.load(
            record("a", JOHN, ID, PHONE, birth_date=BORN), record("b", JOHN, SLIP, PHONE, birth_date=BORN)
        )
        await office.load(record("c", "Mary Wanjiku", PASSPORT, birth_date=BORN))
        await office.load(record("d", "Ann Akinyi", PASSPORT, birth_date=date(1960, 1, 1)))
        yield opened


async def queue(at: Desk, **given: Any) -> list[dict[str, Any]]:
    body = await at.post(QUEUE + ITEM, **given)
    assert "errors" not in body, body["errors"]
    return [edge["node"] | {"cursor": edge["cursor"]} for edge in body["data"]["reviewQueue"]["edges"]]


async def work(at: Desk, name: str, item: str, by: str = "wanja", text: str | None = None) -> Any:
    """What the mutation answers: the item, or the code of the refusal."""
    given: dict[str, Any] = {"item": item} | ({} if text is None else {"text": text})
    types = {"item": "ID!", "text": "String!"}
    declared, passed = (", ".join(it) for it in zip(*((f"${n}: {types[n]}", f"{n}: ${n}") for n in given), strict=True))
    body = await at.post(f"mutation({declared}) {{ {name}({passed}) {{ ...item }} }}" + ITEM, by, **given)
    return body["errors"][0]["extensions"]["code"] if "errors" in body else body["data"][name]


async def test_the_queue_with_its_evidence_and_choices(at: Desk) -> None:
    items = await queue(at)
    gcids = await at.office.gcids()
    assert {(it["topic"], *it["records"]) for it in items} == {
        ("SLIP", key("a"), key("b")),
        ("DOCUMENTS_DISPUTED", key("c"), key("d")),
    }
    (slip,) = await queue(at, reason="SLIP")
    assert set(slip["customers"]) == {gcids["a"], gcids["b"]}
    assert slip["choices"] == ["SAME", "DIFFERENT", "KEEP"]
    assert slip["reasons"] == ["would_join_two_national_ids"]
    assert (slip["weight"], slip["claim"], slip["comments"], slip["decisions"]) == (2, None, [], [])
    assert {value["kind"] for value in slip["values"]} == {"NationalId"}
    assert not {ID[1], SLIP[1]} & {value["masked"] for value in slip["values"]}
    (first,) = await queue(at, first=1)
    (second,) = await queue(at, first=1, after=first["cursor"])
    assert [first["id"], second["id"]] == [it["id"] for it in items]
    assert {gcid for row in await at.audited() for gcid in row.gcids} == set(gcids.values())


async def test_an_item_is_claimed_by_one_steward_at_a_time(at: Desk) -> None:
    item = (await queue(at, reason="SLIP"))[0]["id"]
    assert (await work(at, "claimReviewItem", item))["claim"] == {"by": "wanja"}
    assert (await work(at, "claimReviewItem", item))["claim"] == {"by": "wanja"}
    assert await work(at, "claimReviewItem", item, by="otieno") == "CONFLICT"
    assert await work(at, "releaseReviewItem", item, by="otieno") == "CONFLICT"
    assert await at.refused("resolveReview", item=item, choice="SAME", by="otieno") == "CONFLICT"
    async with at.ledger.transaction() as connection:
        await connection.execute("UPDATE review_claim SET until = now()")
    assert (await work(at, "claimReviewItem", item, by="otieno"))["claim"] == {"by": "otieno"}, "it had run out"
    assert (await work(at, "releaseReviewItem", item, by="otieno"))["claim"] is None
    assert (await work(at, "claimReviewItem", item))["claim"] == {"by": "wanja"}


async def test_comments_are_kept_in_order(at: Desk) -> None:
    item = (await queue(at, reason="SLIP"))[0]["id"]
    await work(at, "commentReviewItem", item, text="called the branch")
    said = await work(at, "commentReviewItem", item, by="otieno", text="same signature")
    assert said["comments"] == [
        {"by": "wanja", "text": "called the branch"},
        {"by": "otieno", "text": "same signature"},
    ]
    assert (await queue(at, reason="SLIP"))[0]["comments"] == said["comments"]
    for nothing in (" ", "x" * 501):
        assert await work(at, "commentReviewItem", item, text=nothing) == "BAD_USER_INPUT"
    assert await work(at, "commentReviewItem", "00000000-0000-8000-8000-000000000000", text="x") == "NOT_FOUND"


async def test_a_slip_is_settled_as_one_person(at: Desk) -> None:
    (slip,) = await queue(at, reason="SLIP")
    given = {"item": slip["id"], "choice": "SAME"}
    previewed = await at.do("resolveReview", **given, dryRun=True)
    assert (previewed["state"], previewed["preview"]["customersAfter"]) == ("PREVIEW", 1)
    assert await at.office.parts() == {"a", "b", "c", "d"}
    taken = await at.do("resolveReview", **given, basedOn=previewed["basis"], idempotencyKey="k")
    assert (taken["state"], await at.office.parts()) == ("TAKEN", {"ab", "c", "d"})
    assert await queue(at, reason="SLIP") == []
    assert await at.do("resolveReview", **given, basedOn=previewed["basis"], idempotencyKey="k") == taken
    assert await at.refused("resolveReview", **given) == "NOT_FOUND"


async def test_two_people_and_a_document_that_says_nothing(at: Desk) -> None:
    (slip,) = await queue(at, reason="SLIP")
    await at.do("resolveReview", item=slip["id"], choice="DIFFERENT", records=[key("b"), key("a")])
    assert await at.office.decisions() == {(1, "different")}
    (disputed,) = await queue(at, reason="DOCUMENTS_DISPUTED")
    taken = await at.do("resolveReview", item=disputed["id"], choice="SUPPRESS")
    assert taken["suppressed"] == "steward_suppressed"
    assert await at.office.decisions() == {(1, "different"), (2, "suppress")}
    assert await queue(at, reason="DOCUMENTS_DISPUTED") == []


async def test_what_is_right_as_it_is_is_asked_no_more(at: Desk) -> None:
    (disputed,) = await queue(at, reason="DOCUMENTS_DISPUTED")
    given = {"item": disputed["id"], "choice": "KEEP"}
    assert (await at.do("resolveReview", **given, dryRun=True))["state"] == "PREVIEW"
    assert len(await queue(at)) == 2
    assert (await at.do("resolveReview", **given))["state"] == "KEPT"
    assert (await at.do("resolveReview", **given))["state"] == "KEPT", "and again"
    assert [it["topic"] for it in await queue(at)] == ["SLIP"]
    assert await at.office.decisions() == set()


async def test_only_what_belongs_to_an_item_is_decided(at: Desk) -> None:
    (slip,) = await queue(at, reason="SLIP")
    for wrong in (
        {"choice": "SUPPRESS"},
        {"choice": "UNDO"},
        {"choice": "SAME", "records": [key("a"), key("c")]},
        {"choice": "SAME", "records": [key("a")]},
    ):
        assert await at.refused("resolveReview", item=slip["id"], **wrong) == "BAD_USER_INPUT"
    assert await at.office.decisions() == set()


async def test_a_same_that_documents_speak_against_can_be_undone_from_its_item(at: Desk) -> None:
    await at.do("judgeSame", a=key("c"), b=key("d"))
    await at.do("judgeDifferent", left=[key("a")], right=[key("c")])
    await at.do("judgeDifferent", left=[key("b")], right=[key("a")])
    for item in await queue(at, reason="DECISION"):
        assert item["choices"] in (["UNDO", "KEEP"], ["KEEP"])
