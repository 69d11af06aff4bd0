"""Channels, risk and audit from real databases into a real graph: two engines, one of them read by two systems."""

from collections.abc import Mapping
from typing import Any

import psycopg
import pytest
from neo4j import AsyncDriver

from graph.client import GraphClient
from local.mariadb import ask_mariadb
from samples.bank import Bank, create_bank
from tests.integration.wekeza.conftest import Connect
from wekeza.rounds import run_round

SYSTEMS = ("comprehensive", "core", "fraud", "web", "ussd", "risk", "audit")
# place in the graph -> DSN, and the source's own count of what becomes a record
COUNTS: Mapping[str, tuple[str, str]] = {
    "web|users": ("web", "SELECT count(*) FROM users"),
    "web|customers": ("web", "SELECT count(*) FROM customers"),
    "web|businesses": ("web", "SELECT count(*) FROM businesses"),
    "web|representatives": ("web", "SELECT count(*) FROM users WHERE business_id IS NOT NULL"),
    "web|accounts": ("web", "SELECT count(*) FROM accounts"),
    "web|transactions": ("web", "SELECT count(*) FROM transactions"),
    "web|loans": ("web", "SELECT count(*) FROM loans"),
    "web|logins": ("web", "SELECT count(*) FROM login_history WHERE user_id IS NOT NULL"),
    "web|devices": ("web", "SELECT count(DISTINCT browser_fingerprint) FROM web_sessions"),
    "web|sessions": ("web", "SELECT count(*) FROM web_sessions"),
    "ussd|customers": ("ussd", "SELECT count(*) FROM Customers"),
    "ussd|accounts": ("ussd", "SELECT count(*) FROM Accounts"),
    "ussd|transactions": ("ussd", "SELECT count(*) FROM Transactions"),
    "ussd|cases": ("ussd", "SELECT count(*) FROM Cases"),
    "ussd|subscribers": ("ussd", "SELECT count(DISTINCT replace(PhoneNumber, '+', '')) FROM USSDSessions"),
    "ussd|sessions": ("ussd", "SELECT count(*) FROM USSDSessions"),
    "ussd|bookings": ("ussd", "SELECT count(*) FROM USSDTransactions"),
    "fraud|cases": ("fraud", "SELECT count(*) FROM analyst_cases"),
    "fraud|case_scores": ("fraud", "SELECT count(*) FROM analyst_cases WHERE customer_id IS NOT NULL"),
    "risk|users": ("risk", "SELECT count(*) FROM users WHERE role IN ('user', 'partner')"),
    "risk|wallets": ("risk", "SELECT count(*) FROM wallets"),
    "risk|transactions": ("risk", "SELECT count(*) FROM transactions"),
    "risk|alerts": ("risk", "SELECT count(*) FROM aml_alerts"),
    "risk|credit_scores": ("risk", "SELECT count(*) FROM credit_scores"),
    "risk|credit_activity": ("risk", "SELECT count(*) FROM credit_activity_logs"),
    "risk|risk_scores": ("risk_dfs", "SELECT count(*) FROM risk_scores WHERE credit_score <> 0"),
    "audit|changes": ("audit", "SELECT count(*) FROM audit_log WHERE operation IN ('INSERT', 'UPDATE', 'DELETE')"),
    "audit|actions": ("audit", "SELECT count(*) FROM audit_logs"),
}


@pytest.fixture(scope="module")
def bank(postgres_admin_dsn: str, mariadb_admin_dsn: str) -> Bank:
    found = create_bank(postgres_admin_dsn, mariadb_admin_dsn, people=80, seed=5, systems=SYSTEMS)
    assert {*SYSTEMS, "risk_dfs"} == set(found.sources)
    return found


def ask(bank: Bank, dsn: str, query: str) -> list[tuple[Any, ...]]:
    """As the product's own user of the source."""
    if bank.sources[dsn].startswith("mysql"):
        return ask_mariadb(bank.sources[dsn], "SET SESSION time_zone = '+03:00'", query)
    with psycopg.connect(bank.sources[dsn]) as source:
        return list(source.execute(query.encode()).fetchall())


async def rows_of(driver: AsyncDriver, query: str, **values: object) -> set[tuple[Any, ...]]:
    rows, _, _ = await driver.execute_query(query, values)
    return {tuple(row.values()) for row in rows}


@pytest.fixture
async def loaded(bank: Bank, connect: Connect, graph: GraphClient) -> Bank:
    found = await run_round(connect(bank.sources))
    assert [(report.system, report.error, report.rejected) for report in found.sources if report.error] == []
    assert {report.system: report.rejected for report in found.sources} == dict.fromkeys(SYSTEMS, 0)
    return bank


async def test_the_graph_has_what_the_sources_count_and_knows_its_own(loaded: Bank, driver: AsyncDriver) -> None:
    counted = {place: ask(loaded, dsn, query)[0][0] for place, (dsn, query) in COUNTS.items()}
    present = "MATCH (n) WHERE n.key STARTS WITH $place AND NOT n:Expected RETURN count(n)"
    held = {place: next(iter(await rows_of(driver, present, place=f"{place}|")))[0] for place in COUNTS}
    assert held == counted
    assert min(held.values()) > 0
    await _scores_of_both_engines(loaded, driver)
    await _times_are_instants(loaded, driver)
    await _who_is_who(driver)
    await _what_was_done_to_customers(loaded, driver)


async def _scores_of_both_engines(bank: Bank, driver: AsyncDriver) -> None:
    """A score of the risk modules is a web user's, whom the other system brought; the higher the safer."""
    given = ask(bank, "risk_dfs", "SELECT user_id, credit_score FROM risk_scores WHERE credit_score <> 0")
    said = {(f"web|users|{user}", score, round((650 - score) / 350 * 100, 6)) for user, score in given}
    query = (
        "MATCH (c:SourceCustomer)-[:SCORED]->(s:RiskScore) WHERE s.key STARTS WITH 'risk|risk_scores|'"
        " AND NOT c:Expected RETURN c.key, s.raw_score, s.score"
    )
    assert await rows_of(driver, query) == said


async def _times_are_instants(bank: Bank, driver: AsyncDriver) -> None:
    """A TIMESTAMP and a DATETIME of one database: the instant is what a server in Nairobi makes of each."""
    for place, query in (
        ("web|transactions", "SELECT transaction_id, UNIX_TIMESTAMP(created_at) FROM transactions"),
        ("web|logins", "SELECT login_id, UNIX_TIMESTAMP(created_at) FROM login_history WHERE user_id IS NOT NULL"),
    ):
        said = {(f"{place}|{id}", int(at)) for id, at in ask(bank, "web", query)}
        found = "MATCH (n) WHERE n.key STARTS WITH $place RETURN n.key, n.at.epochSeconds"
        assert await rows_of(driver, found, place=f"{place}|") == said


async def _who_is_who(driver: AsyncDriver) -> None:
    """The shipped people share phones across masters: only the document, the name and the phone together tell."""
    query = (
        "MATCH (a:SourceCustomer)-[:RESOLVES_TO]->(g)<-[:RESOLVES_TO]-(b:SourceCustomer)"
        " WHERE a.key IN $keys AND b.key IN $keys AND a.key < b.key RETURN a.key, b.key"
    )
    shipped = [f"web|{entity}|{id}" for entity in ("users", "customers") for id in (1, 2, 3)]
    assert await rows_of(driver, query, keys=shipped) == {("web|customers|1", "web|users|1")}


async def _what_was_done_to_customers(bank: Bank, driver: AsyncDriver) -> None:
    """The log names rows of two other systems; it makes no customer of its own, and nobody is still expected."""
    changed = "SELECT id::text, new_data ->> 'Id' FROM audit_log WHERE table_name = 'Customers'"
    acted = "SELECT audit_id::text, user_id::text FROM audit_logs"
    said = {(f"audit|changes|{id}", f"core|customers|{row}") for id, row in ask(bank, "audit", changed)}
    said |= {(f"audit|actions|{id}", f"risk|users|{user}") for id, user in ask(bank, "audit", acted)}
    query = "MATCH (a)--(c:SourceCustomer) WHERE a.key STARTS WITH 'audit|' AND NOT c:Expected RETURN a.key, c.key"
    assert await rows_of(driver, query) == said
    assert len({customer.split("|")[0] for _, customer in said}) == 2
