"""A customer as we knew her at a time, and the refusal to say today's value instead."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from neo4j import AsyncDriver

from graph.client import GraphClient
from graph.proposals import Same
from graph.records import Scalar
from ledger.ledger import Ledger
from tests.integration.api.conftest import AMINA, Api
from tests.integration.graph.bank import customer
from tests.integration.graph.place import ID, NOBODY, PHONE, WHY, A, B, Place

KEPT = """gcid status partyType name { value source updatedAt } birthDate { value } nationalId { value masked source }
  phone { value masked } email { value }
  sourceRecords { key system entity fullName birthDate partyType createdAt updatedAt attributes { name value } }
  identifiers { kind value masked country placeholder heldBy } links { a b kind identifier stage since }
  quarantined { a b kind identifier reason inside since }"""


@pytest.fixture
def place(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> Place:
    return Place(graph, ledger, driver)


async def then(api: Api, fields: str, gcid: str, at: datetime | None) -> Any:
    query = f"query($g: ID!, $at: DateTime) {{ customer(gcid: $g, asOf: $at) {{ {fields} }} }}"
    return (await api.data(query, g=gcid, at=at and at.isoformat()))["customer"]


async def test_now_as_of_now_says_what_the_graph_says(empty_api: Api, place: Place) -> None:
    said: dict[str, Scalar] = {"active": True, "branch": 12, "opened": datetime(2026, 1, 1, tzinfo=UTC)}
    await place.tell(
        replace(customer(A, "John Doe", ID, PHONE), attributes=said),
        customer(B, "John Doe", ID),
        customer("core|customer|z", "Mary Wanjiku", PHONE),
    )
    gcid = await place.gcid_of(A)
    today = await then(empty_api, KEPT, gcid, None)
    assert today["quarantined"], "or nothing would be compared"
    assert today["links"]
    assert await then(empty_api, KEPT, gcid, datetime.now(UTC)) == today


async def test_what_she_was_before_she_was_put_together(empty_api: Api, place: Place) -> None:
    await place.tell(customer(A, "John Doe", ID), customer(B, "Johnny D", PHONE))
    first, second = await place.gcid_of(A), await place.gcid_of(B)
    apart = datetime.now(UTC)
    await place.steward.decide(Same(A, B), **WHY)
    fields = "status name { value } sourceRecords { key } identifiers { masked } links { kind }"
    assert await then(empty_api, fields, second, apart) == {
        "status": "CURRENT",
        "name": {"value": "Johnny D"},
        "sourceRecords": [{"key": B}],
        "identifiers": [{"masked": PHONE.masked}],
        "links": [],
    }
    assert await then(empty_api, fields, second, datetime.now(UTC)) == {
        "status": "MERGED",
        "name": None,
        "sourceRecords": [],
        "identifiers": [],
        "links": [],
    }
    assert (await then(empty_api, fields, first, datetime.now(UTC)))["links"] == [{"kind": "Same"}]
    asked = "query($g: ID!, $at: DateTime) { customer(gcid: $g, asOf: $at) { gcid } }"
    assert await empty_api.code(asked, g=first, at="2001-01-01") == "NOT_FOUND"
    assert await empty_api.code(asked, g=NOBODY, at="2026-01-01") == "NOT_FOUND"
    for wrong in ("yesterday", "0001-01-01T00:00+23:59", 7):
        assert await empty_api.code(asked, g=first, at=wrong) == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ("gcid accounts { edges { cursor } }", "GlobalCustomer.accounts"),
        ("identifiers { value suppressed }", "Identifier.suppressed"),
        ("...more", "GlobalCustomer.risk"),
        ("freshness { state }", "GlobalCustomer.freshness"),
        ("since", "GlobalCustomer.since"),
    ],
)
async def test_what_is_not_kept_refuses_the_whole_document_before_anything_is_read(
    api: Api, fields: str, named: str
) -> None:
    more = " fragment more on GlobalCustomer { risk { level } }" if "more" in fields else ""
    query = f"""query($g: ID!, $at: DateTime) {{
      today: customer(gcid: $g) {{ gcid }} customer(gcid: $g, asOf: $at) {{ __typename {fields} }} }}{more}"""
    reply = await api.http.post("/graphql", json={"query": query, "variables": {"g": AMINA, "at": "2026-03-03"}})
    assert reply.status_code == 400
    body = reply.json()
    assert body["data"] is None
    assert body["errors"][0]["extensions"] == {"code": "NOT_HISTORISED"}
    assert named in body["errors"][0]["message"]
    assert api.graph.statements == []
    assert "errors" not in await api.ask(query, g=AMINA, at=None)


async def test_a_literal_time_is_seen_and_what_is_left_out_is_not_refused(api: Api) -> None:
    query = 'query($no: Boolean!) { customer(gcid: "x", asOf: "2026-03-03") { since @include(if: $no) } }'
    assert await api.code(query, no=True) == "NOT_HISTORISED"
    assert await api.code(query, no=False) == "NOT_FOUND"
