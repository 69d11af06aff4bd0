"""No answer about a person leaves before it is in the audit chain, and the privacy officer can ask who read whom."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from graphql import GraphQLNamedType, GraphQLObjectType, get_named_type
from neo4j import AsyncDriver

from api.schema import build_schema
from api.tokens import Role, issue_token
from graph.client import GraphClient
from ledger.audit import AuditRow, find_rows
from ledger.ledger import Ledger
from ledger.locks import AUDIT
from tests.integration.api.conftest import AMINA, AMINA_BEFORE, BRIAN, SIGNING_KEY, Api, token
from tests.integration.graph.bank import customer
from tests.integration.graph.place import PHONE, A, B, Place

CUSTOMER = "query($gcid: ID!) { customer(gcid: $gcid) { since } }"
AUDIT_QUERY = """query($gcid: ID, $subject: String, $from: DateTime, $to: DateTime, $first: Int! = 20, $after: String) {
  audit(gcid: $gcid, subject: $subject, from: $from, to: $to, first: $first, after: $after) {
    edges { node { id at subject role operation fields gcids purpose hash } }
    pageInfo { hasNextPage endCursor }
  }
}"""
OFFICER = {"Authorization": f"Bearer {token(Role.PRIVACY_OFFICER, timedelta(hours=1))}"}


async def rows(ledger: Ledger) -> list[AuditRow]:
    async with ledger.transaction() as connection:
        return (await find_rows(connection, limit=1_000))[::-1]


async def said(ledger: Ledger) -> list[tuple[tuple[str, ...], frozenset[str]]]:
    return [(tuple(row.fields), frozenset(row.gcids)) for row in await rows(ledger)]


READS = {
    "several ids at once": (
        f'{{ customers(gcids: ["{AMINA}", "{BRIAN}"]) {{ since }} }}',
        "customers",
        {AMINA, BRIAN},
    ),
    "by her record": (
        '{ customerBySource(system: "mobile", entity: "user", id: "7") { since } }',
        "customerBySource",
        {AMINA},
    ),
    "a customer, whose id is not asked for": (CUSTOMER, "customer", {AMINA}),
    "by an id of the past": (
        CUSTOMER.replace("$gcid)", f'"{AMINA_BEFORE}")').replace("($gcid: ID!)", ""),
        "customer",
        {AMINA},
    ),
    "by a value": (
        '{ customerByIdentifier(kind: PHONE, value: "0712345678") { since } }',
        "customerByIdentifier",
        {AMINA, BRIAN},
    ),
    "by name": ('{ searchCustomers(text: "Amina") { edges { node { since } } } }', "searchCustomers", {AMINA}),
    "by name, cursors alone": (
        '{ searchCustomers(text: "Amina") { pageInfo { endCursor } } }',
        "searchCustomers",
        {AMINA},
    ),
}


@pytest.mark.parametrize("what", READS)
async def test_who_is_read_is_in_the_chain(api: Api, ledger: Ledger, what: str) -> None:
    query, field, gcids = READS[what]
    variables = {"gcid": AMINA} if "$gcid" in query else {}
    await api.data(query, **variables)
    (row,) = await rows(ledger)
    assert (row.subject, row.role, row.operation, row.fields) == ("tests", "investigator", "query", [field])
    assert set(row.gcids) == gcids


def test_every_root_field_that_can_name_a_customer_is_tried_here() -> None:
    """A new one whose resolver forgets to note whom it read would leave no trace."""

    def names_customer(type_: GraphQLNamedType, seen: frozenset[str] = frozenset()) -> bool:
        if not isinstance(type_, GraphQLObjectType) or type_.name in seen:
            return False
        seen |= {type_.name}
        return "gcid" in type_.fields or any(
            names_customer(get_named_type(field.type), seen) for field in type_.fields.values()
        )

    query = build_schema()._schema.query_type
    assert query is not None
    naming = {name for name, field in query.fields.items() if names_customer(get_named_type(field.type))}
    # what the ledger and the rule remember is tried with what they know: see test_whom_python_reads
    assert naming - {"changes", "whatIf"} == {field for _, field, _ in READS.values()}


async def test_who_is_shown_beside_somebody_is_in_the_chain_too(api: Api, ledger: Ledger) -> None:
    query = (
        "query($gcid: ID!) { customer(gcid: $gcid) { since"
        " relationships { edges { node { holder { name } towards { name } } } }"
        " accounts { edges { node { holders { name } } } } } }"
    )
    await api.data(query, gcid=AMINA)
    shown = await api.data(query.replace("since", "gcid").replace("name", "gcid"), gcid=AMINA)
    first, second = await said(ledger)
    assert first == second == (("customer",), frozenset(_gcids(shown)))


def _gcids(answer: Any) -> set[str]:
    if isinstance(answer, list):
        return {found for item in answer for found in _gcids(item)}
    if not isinstance(answer, dict):
        return set()
    here = {answer["gcid"]} if answer.get("gcid") else set()
    return here | {found for item in answer.values() for found in _gcids(item)}


async def test_two_root_fields_are_one_row_and_what_is_about_nobody_is_none(api: Api, ledger: Ledger) -> None:
    await api.data("{ statistics { accounts } sources { system } }")
    assert await api.code(CUSTOMER, gcid="00000000-0000-8000-8000-000000000000") == "NOT_FOUND"
    assert await rows(ledger) == []
    both = f'a: customer(gcid: "{AMINA}") {{ since }} b: customer(gcid: "{BRIAN}") {{ since }}'
    await api.data(f"{{ {both} statistics {{ alerts }} }}")
    assert await said(ledger) == [(("customer",), frozenset({AMINA, BRIAN}))]


@pytest.mark.parametrize("path", ["", "/accounts", "/transactions", "/risk"])
async def test_rest_is_audited(api: Api, ledger: Ledger, path: str) -> None:
    assert (await api.http.get(f"/customer/{AMINA}{path}")).status_code == 200
    ((fields, gcids),) = await said(ledger)
    assert fields == ("customer",)
    assert AMINA in gcids


async def test_without_the_chain_nobody_is_shown(api: Api, ledger: Ledger) -> None:
    async with ledger.transaction() as connection:
        await connection.execute("ALTER TABLE audit RENAME TO hidden")
    reply = await api.http.post("/graphql", json={"query": CUSTOMER, "variables": {"gcid": AMINA}})
    assert reply.status_code == 503
    body = reply.json()
    assert body["data"] is None
    assert [error["extensions"]["code"] for error in body["errors"]] == ["UNAVAILABLE"]
    assert (await api.http.get(f"/customer/{AMINA}")).status_code == 503
    assert "errors" not in await api.ask("{ statistics { accounts } }"), "what is about nobody is answered"
    metrics = (await api.http.get("/metrics")).text
    assert "wekeza_audit_appended_total 0.0" in metrics
    assert "wekeza_audit_waiting 0.0" in metrics


async def test_a_chain_that_hangs_is_unavailable_in_time(api: Api, ledger: Ledger) -> None:
    async with ledger.transaction() as connection:
        await connection.execute("SELECT pg_advisory_xact_lock(%s, %s)", AUDIT)
        body = await asyncio.wait_for(api.ask(CUSTOMER, gcid=AMINA), 10)
        assert [error["extensions"]["code"] for error in body["errors"]] == ["UNAVAILABLE"]
    await api.data(CUSTOMER, gcid=AMINA)
    assert {row.subject for row in await rows(ledger)} == {"tests"}


async def test_every_one_of_many_readers_is_in_the_chain(api: Api, ledger: Ledger) -> None:
    async def read(number: int) -> None:
        bearer = issue_token(SIGNING_KEY, f"reader {number}", Role.ANALYST, timedelta(minutes=5))
        given = {"query": CUSTOMER, "variables": {"gcid": (AMINA, BRIAN)[number % 2]}}
        reply = await api.http.post("/graphql", json=given, headers={"Authorization": f"Bearer {bearer}"})
        assert "errors" not in reply.json()

    await asyncio.gather(*(read(number) for number in range(40)))
    assert {(row.subject, *row.gcids) for row in await rows(ledger)} == {
        (f"reader {number}", (AMINA, BRIAN)[number % 2]) for number in range(40)
    }
    assert "wekeza_audit_appended_total 40.0" in (await api.http.get("/metrics")).text


async def ask(api: Api, **variables: Any) -> dict[str, Any]:
    content = json.dumps({"query": AUDIT_QUERY, "variables": variables})
    headers = OFFICER | {"Content-Type": "application/json"}
    reply = await api.http.post("/graphql", content=content, headers=headers)
    body: dict[str, Any] = reply.json()
    assert "errors" not in body, body
    page: dict[str, Any] = body["data"]["audit"]
    return page


async def test_the_privacy_officer_asks_who_read_whom_and_is_read_of_too(api: Api, ledger: Ledger) -> None:
    await api.data(CUSTOMER, gcid=AMINA)
    await api.data(CUSTOMER, gcid=BRIAN)
    await api.data(CUSTOMER, gcid=AMINA)
    page = await ask(api, gcid=AMINA)
    assert [(edge["node"]["id"], edge["node"]["gcids"]) for edge in page["edges"]] == [("3", [AMINA]), ("1", [AMINA])]
    assert page["edges"][0]["node"]["hash"] == (await rows(ledger))[2].hash.hex()
    first = await ask(api, first=2)
    assert [edge["node"]["fields"] for edge in first["edges"]] == [["audit"], ["customer"]]
    assert first["pageInfo"]["hasNextPage"]
    rest = await ask(api, first=20, after=first["pageInfo"]["endCursor"])
    assert [edge["node"]["id"] for edge in rest["edges"]] == ["2", "1"]
    assert len((await ask(api, subject="tests"))["edges"]) == 6
    assert (await ask(api, subject="nobody \x00"))["edges"] == []
    at = first["edges"][1]["node"]["at"]
    assert [edge["node"]["id"] for edge in (await ask(api, to=at))["edges"]] == ["2", "1"]
    assert [edge["node"]["id"] for edge in (await ask(api, **{"from": at, "to": at}))["edges"]] == []
    assert (await rows(ledger))[3].fields == ["audit"]
    assert (await rows(ledger))[3].gcids == [AMINA]


async def test_the_audit_is_for_privacy_officers_alone(api: Api, ledger: Ledger) -> None:
    for role in Role:
        headers = {"Authorization": f"Bearer {token(role)}"}
        reply = await api.http.post("/graphql", json={"query": AUDIT_QUERY}, headers=headers)
        refused = [error["extensions"]["code"] for error in reply.json().get("errors", ())]
        assert refused == ([] if role is Role.PRIVACY_OFFICER else ["FORBIDDEN"])


@pytest.mark.parametrize(
    "given", [{"gcid": "x"}, {"from": "yesterday"}, {"to": "2026-03-03T25:00:00"}, {"first": 0}, {"after": "x"}]
)
async def test_what_cannot_be_asked_of_the_audit(api: Api, given: dict[str, Any]) -> None:
    reply = await api.http.post("/graphql", json={"query": AUDIT_QUERY, "variables": given}, headers=OFFICER)
    assert [error["extensions"]["code"] for error in reply.json()["errors"]] == ["BAD_USER_INPUT"]


REMEMBERED = {
    "as of a time": ('query($g: ID!) { customer(gcid: $g, asOf: "2100-01-01T00:00:00Z") { status } }', "customer"),
    "what happened": ("{ changes { edges { node { kind } } } }", "changes"),
    "who held a value": (f'{{ holders(kind: PHONE, value: "{PHONE.raw}") {{ record }} }}', "holders"),
    "why": (f'{{ explanation(a: "{A}", b: "{B}") {{ same }} }}', "explanation"),
    "what if": (f'{{ whatIf(change: {{delete: "{A}"}}) {{ records }} }}', "whatIf"),
    "the way": ("query($g: ID!) { path(from: $g, to: $g) { hops { to } } }", "path"),
}


@pytest.mark.parametrize("what", REMEMBERED)
async def test_whom_python_reads(
    empty_api: Api, graph: GraphClient, ledger: Ledger, driver: AsyncDriver, what: str
) -> None:
    """The ledger and the rule answer without a projection that could tell whom it reads."""
    place = Place(graph, ledger, driver)
    await place.tell(customer(A, "John Doe", PHONE), customer(B, "John Doe", PHONE))
    (gcid,) = {*(await place.gcids()).values()}
    query, field = REMEMBERED[what]
    body = await empty_api.ask(query, **({"g": gcid} if "$g" in query else {}))
    assert "errors" not in body, body
    assert await said(ledger) == [((field,), frozenset({gcid}))]
