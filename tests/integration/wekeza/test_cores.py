"""The five cores, mobile and fraud, from their databases into a real graph: every kind is as often there as here."""

from collections.abc import Mapping

import psycopg
import pytest
from neo4j import AsyncDriver

from graph.client import GraphClient
from samples.bank import Bank, create_bank
from tests.integration.wekeza.conftest import Connect
from wekeza.rounds import run_round

SYSTEMS = ("comprehensive", "database_api", "enhanced", "minimal", "core", "mobile", "fraud")
ALIKE = {
    "customers": '"Customers"',
    "accounts": '"Accounts"',
    "transactions": '"Transactions"',
}
FULL = ALIKE | {
    "businesses": '"Businesses"',
    "signatories": '"Signatories" WHERE "IsActive"',
    "signatory_roles": '"Signatories" WHERE "IsActive"',
    "business_contacts": '"Accounts" WHERE "BusinessId" IS NOT NULL',
    "loans": '"Loans"',
    "cards": '"Cards"',
}
RELATED = (
    """(SELECT DISTINCT "Id", item ->> 'RelationshipType', item ->> 'RelatedPartyId' FROM migrated."Parties","""
    """ jsonb_array_elements("Relationships") AS item) AS found"""
)
GUARANTEED = (
    """(SELECT DISTINCT "Id", item ->> 'GuarantorId' FROM migrated."Loans","""
    """ jsonb_array_elements("Guarantors") AS item) AS found"""
)
# system -> what the graph calls a table -> the source's own words for what becomes a record
ROWS: Mapping[str, Mapping[str, str]] = {
    "comprehensive": FULL,
    "database_api": FULL,
    "enhanced": ALIKE,
    "minimal": ALIKE,
    "core": ALIKE
    | {
        "transactions": '"Transactions" WHERE "AccountId" IS NOT NULL',
        "parties": 'migrated."Parties"',
        "users": """"Users" WHERE "Role" = 'Customer'""",
        "loans": '"Loans"',
        "party_loans": 'migrated."Loans"',
        "cards": '"Cards"',
        "relationships": RELATED,
        "guarantees": GUARANTEED,
    },
    "mobile": {
        "users": '"MobileUsers"',
        "devices": '"DeviceInfo"',
        "logins": '"LoginActivity"',
        "transactions": '"ChannelTransactions"',
    },
    "fraud": {
        "customers": "monitored_customers",
        "alerts": "fraud_alerts",
        "scores": "risk_scores",
        "cases": "analyst_cases",
        "case_scores": "analyst_cases WHERE coalesce(customer_id, '') <> ''",
    },
}
PRESENT = "MATCH (n) WHERE n.key STARTS WITH $place AND NOT n:Expected RETURN count(n) AS number"


@pytest.fixture(scope="module")
def bank(postgres_admin_dsn: str) -> Bank:
    return create_bank(postgres_admin_dsn, people=120, seed=5, systems=SYSTEMS)


def count_rows(bank: Bank, system: str, rows: str) -> int:
    with psycopg.connect(bank.sources[system]) as source:
        row = source.execute(f"SELECT count(*) FROM {rows}".encode()).fetchone()  # noqa: S608 - of this file
    assert row is not None
    return int(row[0])


async def test_the_graph_has_of_every_kind_what_the_cores_count(
    bank: Bank, connect: Connect, graph: GraphClient, driver: AsyncDriver
) -> None:
    found = await run_round(connect(bank.sources, batch_size=500))
    assert [(report.system, report.error, report.rejected) for report in found.sources] == [
        (report.system, None, 0) for report in found.sources
    ]
    counted, held = {}, {}
    for system, tables in ROWS.items():
        for table, rows in tables.items():
            counted[system, table] = count_rows(bank, system, rows)
            records, _, _ = await driver.execute_query(PRESENT, place=f"{system}|{table}|")
            held[system, table] = records[0]["number"]
    assert held == counted
    empty = {place for place, number in held.items() if not number}
    never = {("enhanced", "transactions"), ("database_api", "loans"), ("database_api", "business_contacts")}
    assert empty <= never  # which those systems cannot write
    kinds, _, _ = await driver.execute_query(
        "MATCH (a:SourceCustomer)-[:RESOLVES_TO]->(g)<-[:RESOLVES_TO]-(b:SourceCustomer)"
        " WHERE a.party_type = 'person' AND b.party_type = 'company' RETURN count(*) AS joined"
    )
    assert kinds[0]["joined"] == 0, "companies and people never link"
