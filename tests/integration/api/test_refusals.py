"""Whoever asks for what his role may not have is in the audit chain; whoever is nobody cannot write there."""

from datetime import timedelta
from typing import Any

import pytest
from neo4j import AsyncDriver

from api.tokens import Role, issue_token, new_signing_key
from graph.client import GraphClient
from ledger.audit import AuditRow, find_rows
from ledger.ledger import Ledger
from tests.integration.api.conftest import AMINA, SIGNING_KEY, Api, token
from tests.integration.api.listening import Site
from tests.integration.api.stewards import JOHN, open_desk
from tests.integration.api.test_subscriptions import site  # noqa: F401 - a fixture
from tests.integration.graph.office import PHONE, Office, record

RISK = f'{{ customer(gcid: "{AMINA}") {{ gcid name {{ value }} risk {{ fraudScore }} }} }}'
JUDGE = 'mutation { hers: judgeSame(a: "core|customer|1", b: "mobile|user|9", reason: "because") { state } }'


async def rows(ledger: Ledger) -> list[AuditRow]:
    async with ledger.transaction() as connection:
        return (await find_rows(connection, limit=100))[::-1]


async def said(ledger: Ledger) -> list[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    return [(row.role, row.operation, tuple(row.fields), tuple(row.gcids)) for row in await rows(ledger)]


@pytest.mark.parametrize(
    ("role", "query", "place"),
    [
        (Role.SERVICE, RISK, "GlobalCustomer.risk"),
        (Role.ANALYST, '{ customerByIdentifier(kind: PHONE, value: "1") { gcid } }', "Query.customerByIdentifier"),
        (Role.ANALYST, JUDGE, "Mutation.judgeSame"),
        (Role.OPERATOR, "{ audit { edges { node { id } } } }", "Query.audit"),
    ],
    ids=["a field", "a way to find her", "a decision", "the chain itself"],
)
async def test_what_is_refused_is_in_the_chain_by_our_name_for_it(
    api: Api, ledger: Ledger, role: Role, query: str, place: str
) -> None:
    api.be(role)
    reply = await api.http.post("/graphql", json={"query": query}, headers={"X-Purpose": "case 7"})
    assert reply.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert await said(ledger) == [(role.value, "refusal", (place,), ())]
    assert [(row.subject, row.purpose) for row in await rows(ledger)] == [("tests", "case 7")]


async def test_rest_is_no_way_around_it(api: Api, ledger: Ledger) -> None:
    api.be(Role.SERVICE)
    assert (await api.http.get(f"/customer/{AMINA}/risk")).status_code == 403
    assert await said(ledger) == [("service", "refusal", ("GlobalCustomer.risk",), ())]


async def test_a_refused_subscription_is_in_the_chain(site: Site, ledger: Ledger) -> None:  # noqa: F811
    async with site.line({"Authorization": f"Bearer {token(Role.OPERATOR)}"}) as line:
        await line.subscribe("subscription { alertRaised { key } }")
        assert (await line.next())["type"] in {"error", "next"}
    ((role, operation, fields, _),) = await said(ledger)
    assert (role, operation, fields) == ("operator", "refusal", ("Subscription.alertRaised",))


async def test_who_rules_on_his_own_proposal_is_in_the_chain(
    graph: GraphClient, ledger: Ledger, driver: AsyncDriver
) -> None:
    async with open_desk(Office(graph, ledger, driver), ledger) as at:
        await at.office.load(*(record(name, JOHN, PHONE) for name in "abc"))
        await at.do("suppressValue", kind="PHONE", value=PHONE[1])
        hidden = 'mutation { amina: approveDecision(id: "1", reason: "mine") { state } }'
        assert (await at.post(hidden))["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
        assert await at.refused("rejectDecision", id="1") == "BAD_USER_INPUT"
    refused = [(row.subject, row.fields) for row in await rows(ledger) if row.operation == "refusal"]
    assert refused == [("wanja", ["Mutation.approveDecision"]), ("wanja", ["Mutation.rejectDecision"])]


@pytest.mark.parametrize(
    "bearer",
    [
        None,
        "nonsense",
        issue_token(new_signing_key(), "somebody else's", Role.STEWARD, timedelta(minutes=5)),
        issue_token(SIGNING_KEY, "ours, once", Role.STEWARD, timedelta(minutes=-5)),
    ],
    ids=["no token", "nonsense", "not ours", "expired"],
)
async def test_who_is_nobody_writes_nothing(api: Api, ledger: Ledger, bearer: str | None) -> None:
    del api.http.headers["Authorization"]
    headers: dict[str, Any] = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    for query in (RISK, JUDGE):
        assert (await api.http.post("/graphql", json={"query": query}, headers=headers)).status_code == 401
    assert (await api.http.get(f"/customer/{AMINA}", headers=headers)).status_code == 401
    assert await rows(ledger) == []


async def test_a_refusal_that_cannot_be_kept_is_no_answer(api: Api, ledger: Ledger) -> None:
    async with ledger.transaction() as connection:
        await connection.execute("ALTER TABLE audit RENAME TO hidden")
    api.be(Role.SERVICE)
    assert await api.code(RISK) == "UNAVAILABLE"
