"""A bank of three systems in a dozen records: they refer to each other by key within a system, by number across."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from graph.business import (
    AccountRecord,
    AlertRecord,
    DeviceRecord,
    LoginRecord,
    Reference,
    ScoreRecord,
    SightingRecord,
    TransactionRecord,
)
from graph.identifiers import normalise
from graph.load import Loader
from graph.records import Batch, CustomerRecord, Departure, IdentifierValue, PartyType, Position, SourceRecord

SECRET = b"a secret of thirty-two bytes .. "
DAY = datetime(2026, 3, 1, 8, tzinfo=UTC)


def identifier(kind: str, raw: str, *, verified: bool = True) -> IdentifierValue:
    value = normalise(kind, raw, "KE", verified=verified)
    assert isinstance(value, IdentifierValue)
    return value


def customer(key: str, name: str | None = "Jane Wanjiru", *identifiers: IdentifierValue, **said: Any) -> CustomerRecord:
    record = CustomerRecord(
        key=key,
        party_type=PartyType.PERSON,
        full_name=name,
        birth_date=date(1990, 5, 17),
        identifiers=identifiers,
        created_at=DAY,
        updated_at=DAY,
        attributes={"kyc_status": "verified"},
    )
    return replace(record, **said)


def account(key: str, number: str, owner: str | None = "core|customer|1", **said: Any) -> AccountRecord:
    return replace(AccountRecord(key=key, number=number, owner=owner, currency="KES", updated_at=DAY), **said)


def transaction(key: str, reference: str, counterparty: str | None = None, **said: Any) -> TransactionRecord:
    record = TransactionRecord(
        key=key,
        account="core|account|1",
        reference=reference,
        type="transfer",
        direction="debit",
        amount_minor=150_000,
        currency="KES",
        status="completed",
        description="Rent",
        at=DAY,
        counterparty=Reference(to="account.number", value=counterparty) if counterparty else None,
    )
    return replace(record, **said)


def sighting(key: str, of: str, **said: Any) -> SightingRecord:
    reference = Reference(to="transaction.reference", value=of)
    return replace(SightingRecord(key=key, of=reference, channel="mobile", status="ok", at=DAY), **said)


CORE = (
    customer(
        "core|customer|1", "Jane Wanjiru", identifier("NationalId", "12345678"), identifier("Phone", "0712345678")
    ),
    customer("core|customer|2", "Peter Otieno", identifier("Phone", "0722000001")),
    account("core|account|1", "0101"),
    account("core|account|2", "0102", "core|customer|2"),
    account("core|account|3", "0103", None),
    transaction("core|transaction|1", "TX1", "0102"),
    transaction("core|transaction|2", "TX2", "9999"),
    transaction("core|transaction|3", "TX3", "0201"),
)
MOBILE = (
    customer("mobile|user|7", "WANJIRU Jane", identifier("Phone", "+254 712 345678")),
    account("mobile|account|1", "0101", "mobile|user|7", authoritative=False),
    account("mobile|account|9", "0103", "mobile|user|7"),  # the same number as an account of core's
    DeviceRecord(key="mobile|device|1", owner="mobile|user|7", type="phone", trusted=True),
    LoginRecord(
        key="mobile|login|1", customer="mobile|user|7", at=DAY, successful=True, channel="app", device="mobile|device|1"
    ),
    sighting("mobile|transfer|1", "TX1"),
    sighting("mobile|transfer|2", "TX-UNKNOWN"),
)
FRAUD = (
    customer("fraud|party|a", "Jane Wanjiru", identifier("Phone", "0712345678", verified=False)),
    AlertRecord(
        key="fraud|alert|1",
        at=DAY + timedelta(hours=1),
        customer="fraud|party|a",
        about=(
            Reference(to="transaction.reference", value="TX2", system="core"),
            Reference(to="account.number", value="0102"),
            Reference(to="account.number", value="0103"),
        ),
        raw_score=870.0,
        raw_scale="0-1000",
        score=87.0,
        updated_at=DAY,
    ),
    ScoreRecord(
        key="fraud|score|1", customer="fraud|party|a", at=DAY, raw_score=0.3, raw_scale="0-1", score=30.0, level="low"
    ),
)
SYSTEMS = {"core": CORE, "mobile": MOBILE, "fraud": FRAUD}


def batch(
    *records: SourceRecord | Departure, system: str = "core", table: str = "rows", at: str | None = None
) -> Batch:
    position = Position(at, records[-1].key if records else "") if at else None
    return Batch(system=system, table=table, records=records, position=position)


async def load_all(loader: Loader, *systems: str) -> None:
    for system in systems or tuple(SYSTEMS):
        await loader.load(batch(*SYSTEMS[system], system=system, at="2026-03-01"))
