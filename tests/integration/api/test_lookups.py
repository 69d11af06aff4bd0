"""Customers by several ids at once, by a source's row, by an opaque id; ids that lead to several customers."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from neo4j import AsyncDriver

from api.nodes import encode_id
from graph.client import GraphClient
from ledger.ledger import Ledger
from tests.integration.api.conftest import AMINA, AMINA_BEFORE, BRIAN, Api
from tests.integration.graph.bank import customer
from tests.integration.graph.place import ID, PHONE, A, B, C, Place

NEVER = "cccccccc-0000-8000-8000-000000000003"  # a birth id that never named a customer


async def test_many_ids_are_one_statement_and_answer_in_their_order(api: Api) -> None:
    found = await api.data(
        "query($gcids: [ID!]!) { customers(gcids: $gcids) { gcid requestedId accounts(first: 1) { edges { node { key }"
        " } } } }",
        gcids=[BRIAN, NEVER, AMINA_BEFORE, AMINA, "' OR true //"],
    )
    assert [one and (one["gcid"], one["requestedId"], len(one["accounts"]["edges"])) for one in found["customers"]] == [
        (BRIAN, None, 0),
        None,
        (AMINA, AMINA_BEFORE, 1),
        (AMINA, None, 1),
        None,
    ]
    assert api.graph.statements == ["cypher/read_customers.cypher"]


async def test_a_batch_has_bounds(api: Api) -> None:
    query = "query($gcids: [ID!]!) { customers(gcids: $gcids) { gcid %s } }"
    assert (await api.data(query % "", gcids=[]))["customers"] == []
    assert len((await api.data(query % "", gcids=[AMINA] * 500))["customers"]) == 500
    assert await api.code(query % "", gcids=[AMINA] * 501) == "BAD_USER_INPUT"
    rich = "accounts(first: 200) { edges { node { key } } }"
    assert await api.code(query % rich, gcids=[AMINA] * 500) == "BAD_USER_INPUT"


async def test_a_page_of_fifty_customers_is_a_fixed_number_of_statements(api: Api) -> None:
    query = """query($gcids: [ID!]!) { customers(gcids: $gcids) {
      gcid accounts { edges { node { key balance { amount } } } }
      transactions { edges { node { key amount { amount } sightings { key } } } }
      risk { fraudScore components { source } } logins { edges { node { key device { key } } } } lastLogin { at }
    } }"""
    for gcids in ([AMINA], [AMINA, BRIAN] * 25):
        api.graph.statements.clear()
        assert len((await api.data(query, gcids=gcids))["customers"]) == len(gcids)
        assert api.graph.statements == ["cypher/read_customers.cypher"]


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ('system: "core", id: "1", entity: "customer"', AMINA),
        ('system: "mobile", id: "9", entity: "user"', BRIAN),
        ('system: "mobile", id: "7"', AMINA),  # its file names its tables of customers
        ('system: "mobile", id: "70"', "NOT_FOUND"),
        ('system: "core", id: "1"', "BAD_USER_INPUT"),
        ('system: "twice", id: "1"', "CONFLICT"),
    ],
)
async def test_a_customer_by_a_row_of_a_source(api: Api, driver: AsyncDriver, given: str, answer: str) -> None:
    await driver.execute_query(
        "UNWIND [['a', $amina], ['b', $brian]] AS it MATCH (g:GlobalCustomer {gcid: it[1]})"
        " CREATE (:SourceCustomer {key: 'twice|' + it[0] + '|1'})-[:RESOLVES_TO]->(g)",
        amina=AMINA,
        brian=BRIAN,
    )
    query = f"{{ customerBySource({given}) {{ gcid }} }}"
    if answer.isupper():
        assert await api.code(query) == answer
    else:
        assert (await api.data(query))["customerBySource"] == {"gcid": answer}


async def test_an_opaque_id_leads_back(api: Api) -> None:
    (found,) = (await api.data("query($g: [ID!]!) { customers(gcids: $g) { id } }", g=[AMINA]))["customers"]
    asked = "query($id: ID!) { node(id: $id) { __typename id ... on GlobalCustomer { gcid name { value } } } }"
    assert AMINA not in found["id"]
    assert (await api.data(asked, id=found["id"]))["node"] == {
        "__typename": "GlobalCustomer",
        "id": found["id"],
        "gcid": AMINA,
        "name": {"value": "Amina Wanjiru"},
    }
    assert (await api.data(asked, id=encode_id("GlobalCustomer", NEVER)))["node"] is None
    for wrong in (AMINA, encode_id("Account", "core|account|10"), "", "é", found["id"] + "=", "A" * 1000):
        assert await api.code(asked, id=wrong) == "BAD_USER_INPUT"


async def test_an_id_whose_bearers_live_apart_names_them_unless_the_record_is_followed(
    empty_api: Api, graph: GraphClient, ledger: Ledger, driver: AsyncDriver
) -> None:
    place = Place(graph, ledger, driver)
    await place.tell(customer(A, "John Doe", ID))
    await place.tell(customer(B, "John Doe", PHONE), customer(C, "John Doe", PHONE))
    first, second = await place.gcid_of(A), await place.gcid_of(B)
    await place.tell(replace(customer(B, "John Doe", ID), updated_at=datetime.now(UTC)))
    third = await place.gcid_of(C)

    body = await empty_api.ask("query($g: ID!) { customer(gcid: $g) { gcid } }", g=second)
    assert body["errors"][0]["extensions"] == {"code": "CONFLICT", "candidates": sorted([first, third])}
    followed = "query($g: ID!) { customer(gcid: $g, follow: RECORD) { gcid requestedId } }"
    assert (await empty_api.data(followed, g=second))["customer"] == {"gcid": first, "requestedId": second}
    assert (await empty_api.http.get(f"/customer/{second}")).status_code == 409
    many = await empty_api.ask("query($g: [ID!]!) { customers(gcids: $g) { gcid } }", g=[second, third])
    assert many["data"]["customers"] == [None, {"gcid": third}]
    assert [(error["path"], error["extensions"]["code"]) for error in many["errors"]] == [
        (["customers", 0], "CONFLICT")
    ]
