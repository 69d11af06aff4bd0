"""Three systems behind real services into a real graph: what they offer is there, and attached to whom it is about."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg
import pytest
import uvicorn
from neo4j import AsyncDriver
from tenacity import AsyncRetrying, stop_after_delay, wait_fixed

from api.app import create_app
from api.settings import ApiSettings
from api.tokens import new_signing_key, verification_key
from graph.client import GraphClient
from ingest.follow import follow
from ledger.inbox import waiting_messages
from local.ports import reserved_port
from samples.activity.copilot import SAID
from samples.bank import Bank, create_bank
from samples.offered import OFFERED
from samples.partners import complete_payment, grant_consent, revoke_consent
from samples.services import Services, open_services, subscribe
from tests.integration.wekeza.conftest import Connect
from wekeza.rounds import run_round
from wekeza.wiring import Parts

SERVED = ("openbanking", "erms", "copilot")
SECRET = "agreed between the service and us"
SYSTEMS = ("comprehensive", *SERVED)
# place in the graph -> the source's own count of what becomes a record
COUNTS: Mapping[str, str] = {
    "openbanking|partners": "SELECT count(*) FROM oauth_clients",
    "openbanking|customers": "SELECT count(*) FROM customers",
    "openbanking|accounts": "SELECT count(*) FROM accounts",
    "openbanking|transactions": "SELECT count(*) FROM transactions",
    "openbanking|payments": "SELECT count(*) FROM payments",
    "openbanking|consents": "SELECT count(*) FROM consents",
    "openbanking|access_logs": "SELECT count(*) FROM api_access_logs",
    "erms|risks": 'SELECT count(*) FROM "Risks"',
    "erms|mitigations": 'SELECT count(*) FROM "MitigationActions"',
    "erms|indicators": 'SELECT count(*) FROM "KeyRiskIndicators"',
    "erms|profiles": 'SELECT count(*) FROM "CustomerRiskProfiles"',
    "copilot|customers": "SELECT count(DISTINCT customer_ref) FROM conversations",
    "copilot|conversations": "SELECT count(*) FROM conversations",
    "copilot|recommendations": "SELECT count(*) FROM recommendations",
    "copilot|predictions": "SELECT count(*) FROM model_predictions",
}


@pytest.fixture(scope="module")
def bank(postgres_admin_dsn: str) -> Bank:
    found = create_bank(postgres_admin_dsn, people=20, seed=5, systems=SYSTEMS)
    assert {*found.sources} == {"comprehensive"}  # the others are not read from their databases
    return found


@pytest.fixture(scope="module")
def services(bank: Bank, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with open_services(bank, tmp_path_factory.mktemp("services")) as opened:
        yield opened


@pytest.fixture
def parts(bank: Bank, services: Services, connect: Connect, graph: GraphClient) -> Parts:
    return connect({**bank.sources, **services.dsns}, batch_size=300)


def ask(bank: Bank, dsn: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(bank.writers[dsn]) as source:
        return list(source.execute(query.encode()).fetchall())


async def rows_of(driver: AsyncDriver, query: str, **values: object) -> set[tuple[Any, ...]]:
    rows, _, _ = await driver.execute_query(query, values)
    return {tuple(row.values()) for row in rows}


async def test_the_graph_has_what_the_services_databases_count(bank: Bank, parts: Parts, driver: AsyncDriver) -> None:
    found = await run_round(parts)
    assert [(it.system, it.error, it.rejected) for it in found.sources if it.error or it.rejected] == []
    counted = {place: ask(bank, place.split("|")[0], query)[0][0] for place, query in COUNTS.items()}
    present = "MATCH (n) WHERE n.key STARTS WITH $place AND NOT n:Expected RETURN count(n)"
    held = {place: next(iter(await rows_of(driver, present, place=f"{place}|")))[0] for place in COUNTS}
    assert held == counted
    assert min(held.values()) > 0
    await _profiles_are_scores_of_whom_the_core_knows(bank, driver)
    await _consents(bank, driver)
    await _nothing_is_said(driver)
    await _nobody_is_made_of_risk(driver)
    again = await run_round(parts)
    assert not again.counters, "nothing new is nothing written"


async def _profiles_are_scores_of_whom_the_core_knows(bank: Bank, driver: AsyncDriver) -> None:
    """By number, or by national id; one that nobody there has is nobody's, and reported as waiting."""
    customers = ask(
        bank, "comprehensive", 'SELECT "Id"::text, "CustomerNumber", "IdentificationNumber" FROM "Customers"'
    )
    by_number = {number: id for id, number, _ in customers}
    by_document = {document: id for id, _, document in customers}
    profiles = ask(
        bank, "erms", 'SELECT "Id"::text, "CustomerNumber", "NationalId", "RiskScore" FROM "CustomerRiskProfiles"'
    )
    said = {
        (f"comprehensive|customers|{by_number.get(number) or by_document.get(document)}", f"erms|profiles|{id}", score)
        for id, number, document, score in profiles
        if number in by_number or document in by_document
    }
    assert {number is None for _, number, _, _ in profiles} == {True, False}
    assert len(profiles) - len(said) == 3
    query = "MATCH (c:SourceCustomer)-[:SCORED]->(s:RiskScore) WHERE s.system = 'erms' RETURN c.key, s.key, s.raw_score"
    assert await rows_of(driver, query) == said
    waiting = "MATCH (r:Reference {state: 'waiting'}) WHERE r.to STARTS WITH 'customer.' RETURN count(r)"
    assert await rows_of(driver, waiting) == {(3,)}


async def _consents(bank: Bank, driver: AsyncDriver) -> None:
    rows = ask(bank, "openbanking", "SELECT consent_id::text, customer_id::text, client_id FROM consents")
    said = {
        (f"openbanking|customers|{customer}", f"openbanking|consents|{id}", f"openbanking|partners|{client}")
        for id, customer, client in rows
    }
    query = "MATCH (c:SourceCustomer)-[:GRANTED]->(n:Consent)-[:TO]->(p:Partner) RETURN c.key, n.key, p.key"
    assert await rows_of(driver, query) == said


async def _nothing_is_said(driver: AsyncDriver) -> None:
    """What people said to the assistant is nowhere in the graph."""
    texts = "MATCH (n) UNWIND keys(n) AS k WITH n[k] AS v WHERE v IS :: STRING AND v CONTAINS $said RETURN v"
    assert await rows_of(driver, texts, said=SAID[:20]) == set()


async def _nobody_is_made_of_risk(driver: AsyncDriver) -> None:
    assert await rows_of(driver, "MATCH (c:SourceCustomer) WHERE c.key STARTS WITH 'erms|' RETURN c.key") == set()


async def test_what_the_services_offer_is_all_that_leaves_them(bank: Bank, services: Services) -> None:
    """Nothing that Copilot's service can be asked for holds what anybody said."""
    assert ask(bank, "copilot", "SELECT count(*) FROM conversation_history")[0][0] > 0
    url = httpx.URL(services.dsns["copilot"])
    key = {"x-api-key": url.password}
    async with httpx.AsyncClient(trust_env=False) as client:
        for path in (*OFFERED["copilot"], "conversation_history", "conversations?fields=content"):
            body = (await client.get(f"{services.url}/copilot/{path}", headers=key)).text
            assert SAID not in body
            assert '"content"' not in body


@asynccontextmanager
async def serving(parts: Parts) -> AsyncIterator[str]:
    """The API on a real port."""
    settings = ApiSettings(verification_key=verification_key(new_signing_key()), webhooks={"openbanking": SECRET})
    app = create_app(settings, parts.client, parts.ledger)
    with reserved_port(8_410) as port:
        server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None))
        task = asyncio.create_task(server.serve())
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        await task


async def eventually(driver: AsyncDriver, query: str, wanted: set[tuple[Any, ...]], **values: object) -> None:
    async for attempt in AsyncRetrying(wait=wait_fixed(0.05), stop=stop_after_delay(60), reraise=True):
        with attempt:
            assert await rows_of(driver, query, **values) == wanted


async def test_what_partners_may_see_follows_by_webhooks_at_once(
    bank: Bank, services: Services, parts: Parts, driver: AsyncDriver
) -> None:
    """Nothing is polled here: what the service sends is signed, kept in the inbox, loaded and forgotten."""
    dsn = bank.writers["openbanking"]
    customer = ask(bank, "openbanking", "SELECT id::text FROM customers ORDER BY id LIMIT 1")[0][0]
    payment = ask(bank, "openbanking", "SELECT id::text FROM payments WHERE status = 'pending' ORDER BY id LIMIT 1")[0][
        0
    ]
    source, stopping = parts.sources["openbanking"], asyncio.Event()
    seen = (
        "MATCH (c:SourceCustomer)-[:GRANTED]->(n:Consent)-[:TO]->(p:Partner)"
        " RETURN c.key, n.key, n.status, n.revoked_at IS NULL, n.scopes, p.key"
    )
    tied = (f"openbanking|customers|{customer}", "openbanking|partners|pesa-planner")
    async with serving(parts) as url:
        subscribe(dsn, f"{url}/webhooks/openbanking", SECRET)
        following = asyncio.create_task(follow(source, "webhooks", services.dsns, parts.line(), stopping))
        expires = datetime.now(UTC) + timedelta(days=30)
        id = await asyncio.to_thread(grant_consent, dsn, customer, "pesa-planner", ["accounts:read"], expires)
        granted = (tied[0], f"openbanking|consents|{id}", "active", True, "accounts:read", tied[1])
        await eventually(driver, seen, {granted})
        await asyncio.to_thread(revoke_consent, dsn, id)
        await eventually(driver, seen, {(*granted[:2], "revoked", False, *granted[4:])})
        await asyncio.to_thread(complete_payment, dsn, payment)
        paid = "MATCH (t:Transaction {key: $key}) RETURN t.status, t.direction"
        await eventually(driver, paid, {("completed", "debit")}, key=f"openbanking|payments|{payment}")
        stopping.set()
        await following
    delivered = "SELECT event_type, status FROM webhook_deliveries"
    assert {*ask(bank, "openbanking", delivered)} == {
        ("consent.granted", "delivered"), ("consent.revoked", "delivered"), ("payment.completed", "delivered"),
    }  # fmt: skip
    async with parts.ledger.transaction() as connection:
        assert await waiting_messages(connection, "openbanking", 10) == []
