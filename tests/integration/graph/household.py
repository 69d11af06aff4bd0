"""A company, its director, her mother and what they have: records of the kinds that tie customers to each other.

The director is a customer of another system, as far as the company's system tells.
"""

from datetime import timedelta
from typing import Any

from neo4j import AsyncDriver

from graph.business import (
    ActivityRecord,
    AggregateRecord,
    CardRecord,
    CaseRecord,
    ConsentRecord,
    DeviceRecord,
    LoanRecord,
    PartnerRecord,
    Reference,
    ReportRecord,
    RoleRecord,
    SessionRecord,
)
from graph.records import PartyType, SourceRecord
from tests.integration.graph.bank import DAY, account, customer, identifier, transaction

COMPANY, DIRECTOR, MOTHER = "core|business|1", "web|user|7", "core|customer|2"
CURRENT, JOINT = "core|account|1", "core|account|2"


def role(key: str, type_: str, holder: str, **said: Any) -> RoleRecord:
    return RoleRecord(key=f"core|role|{key}", type=type_, holder=holder, **said)


CUSTOMERS: tuple[SourceRecord, ...] = (
    customer(
        COMPANY, "Wanjiru Traders Ltd", identifier("Phone", "0712345678"), party_type=PartyType.COMPANY, birth_date=None
    ),
    customer(MOTHER, "Grace Wanjiru", identifier("NationalId", "12345678")),
    customer(DIRECTOR, "Jane Wanjiru", identifier("Phone", "0712345678"), identifier("NationalId", "23456781")),
)
HOLDINGS: tuple[SourceRecord, ...] = (
    account(CURRENT, "0101", COMPANY),
    account(JOINT, "0102", MOTHER),
    transaction("core|transaction|1", "TX1"),
    DeviceRecord(key="core|device|1", owner=None, type="phone"),
)
ROLES: tuple[SourceRecord, ...] = (
    role("1", "director_of", DIRECTOR, customer=COMPANY, role="Managing Director"),
    role("2", "director_of", DIRECTOR, customer=COMPANY),  # the same, said by another row
    role("3", "signatory_of", DIRECTOR, customer=COMPANY, account=CURRENT, role="any to sign"),
    role("4", "joint_holder_of", DIRECTOR, account=JOINT),
    role("5", "next_of_kin_of", MOTHER, customer=DIRECTOR, role="mother"),
    role("6", "guarantees", MOTHER, customer=COMPANY, until=DAY - timedelta(days=900)),
)
BUSINESS: tuple[SourceRecord, ...] = (
    LoanRecord(
        key="core|loan|1", number="L1", borrower=COMPANY, account=CURRENT, outstanding_minor=5_000_00, currency="KES"
    ),
    CardRecord(key="core|card|1", holder=DIRECTOR, account=CURRENT, last_four="4242", fingerprint="f" * 32),
    SessionRecord(
        key="core|session|1", customer=MOTHER, channel="ussd", at=DAY, steps=4, status="ended", device="core|device|1"
    ),
    CaseRecord(
        key="core|case|1",
        at=DAY,
        customer=COMPANY,
        about=(
            Reference(to="transaction.reference", value="TX1"),
            Reference(to="account.number", value="0102", system="core"),
        ),
        category="fraud",
    ),
    ActivityRecord(
        key="core|activity|1",
        at=DAY,
        operation="Update",
        entity="Account",
        customer=MOTHER,
        account=JOINT,
        actor="clerk",
    ),
    AggregateRecord(
        key="core|aggregate|1",
        at=DAY,
        customer=COMPANY,
        period="30 days",
        count=3,
        amount_minor=1_250_00,
        lifetime_value_minor=9_000_00,
        currency="KES",
        segment="growth",
    ),
    AggregateRecord(key="core|aggregate|2", at=DAY, account=JOINT, count=1, amount_minor=50, currency="KES"),
    ReportRecord(
        key="core|report|1",
        at=DAY,
        customers=(DIRECTOR, COMPANY, DIRECTOR),
        accounts=(JOINT,),
        name="Large transactions",
        type="STR",
        status="submitted",
    ),
    PartnerRecord(key="core|partner|1", name="Pesa Planner", client_id="pesa"),
    ConsentRecord(
        key="core|consent|1",
        customer=MOTHER,
        partner="core|partner|1",
        at=DAY,
        scopes="accounts:read",
        expires_at=DAY + timedelta(days=36_500),
    ),
)
BATCHES = (CUSTOMERS, HOLDINGS, ROLES, BUSINESS)

TIED = {
    (DIRECTOR, "DIRECTOR_OF", COMPANY, "Managing Director", "core|role|1"),
    (DIRECTOR, "DIRECTOR_OF", COMPANY, None, "core|role|2"),
    (DIRECTOR, "SIGNATORY_OF", COMPANY, "any to sign", "core|role|3"),
    (DIRECTOR, "SIGNATORY_OF", CURRENT, "any to sign", "core|role|3"),
    (DIRECTOR, "OWNS", JOINT, "joint", "core|role|4"),
    (MOTHER, "NEXT_OF_KIN_OF", DIRECTOR, "mother", "core|role|5"),
}


async def tied(driver: AsyncDriver) -> set[tuple[str, str, str, str | None, str]]:
    """What roles make of their holders: (holder, type, towards, the source's word, role)."""
    rows, _, _ = await driver.execute_query(
        "MATCH (a:SourceCustomer)-[e]->(b:SourceCustomer|Account) WHERE e.role_key IS NOT NULL"
        " RETURN a.key, type(e), b.key, e.role, e.role_key"
    )
    return {tuple(row.values()) for row in rows}


async def labels(driver: AsyncDriver) -> dict[str, set[str]]:
    """Of every node that a source names, by key."""
    rows, _, _ = await driver.execute_query(
        "MATCH (n) WHERE n.key CONTAINS '|' AND NOT n:Identifier AND NOT n:Reference AND NOT n:Position"
        " RETURN n.key AS key, labels(n) AS labels"
    )
    return {row["key"]: set(row["labels"]) - {"Unresolved"} for row in rows}
