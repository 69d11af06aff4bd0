"""Records to load: as many as are asked for, and for the same arguments the same."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa

from graph.business import AccountRecord, TransactionRecord
from graph.identifiers import normalise
from graph.records import CustomerRecord, IdentifierValue, PartyType
from ingest.mapping import map_rows
from ingest.source import load_sources
from samples.population import populate
from wekeza.quality import keyed

DAY = datetime(2026, 1, 1, tzinfo=UTC)
SECRET = b"bench"
NAMES = ("Achieng", "Barasa", "Chebet", "Fatuma", "Kamau", "Mwangi", "Njeri", "Odhiambo", "Wanjiku", "Wekesa")


def made_customers(series: int, count: int) -> tuple[CustomerRecord, ...]:
    """Two records for each person, one of each of two systems, which share all three identifiers."""
    return tuple(_made_customer(series, number) for number in range(count))


def _made_customer(series: int, number: int) -> CustomerRecord:
    person = series * 100_000 + number // 2
    forms = {"NationalId": f"{20_000_000 + person}", "Phone": f"07{person:08d}", "Email": f"p{person}@mail.example.com"}
    return CustomerRecord(
        key=f"{'core' if number % 2 else 'mobile'}|customer|{series}-{number}",
        party_type=PartyType.PERSON,
        full_name=f"{NAMES[person % 10]} {NAMES[person // 10 % 10]} {NAMES[person // 100 % 10]}",
        birth_date=date(1960, 1, 1) + timedelta(days=person % 15_000),
        identifiers=tuple(identifier(kind, form) for kind, form in forms.items()),
        created_at=DAY + timedelta(seconds=number),
        updated_at=DAY + timedelta(days=30, seconds=number),
        attributes={"status": "active", "kyc_status": "verified"},
    )


def identifier(kind: str, form: str) -> IdentifierValue:
    value = normalise(kind, form, "KE")
    assert isinstance(value, IdentifierValue)
    return value


def made_accounts(count: int) -> tuple[AccountRecord, ...]:
    return tuple(
        AccountRecord(key=f"core|account|{number}", number=f"WKZ{number:08d}", owner=None, currency="KES")
        for number in range(count)
    )


def made_transactions(series: int, count: int, accounts: int) -> tuple[TransactionRecord, ...]:
    """Spread over the accounts; no counterparty, which the peer's loader knows nothing of."""
    return tuple(
        TransactionRecord(
            key=f"core|transaction|{series}-{number}",
            account=f"core|account|{number % accounts}",
            reference=f"TX{series:03d}{number:08d}",
            type="deposit",
            direction="credit",
            amount_minor=100 + number,
            currency="KES",
            status="completed",
            description="Deposit",
            at=DAY + timedelta(seconds=number),
        )
        for number in range(count)
    )


def draw_customers(people: int, seed: int) -> tuple[tuple[CustomerRecord, ...], Mapping[str, str]]:
    """The customer records of a sample population, mapped as ingest maps them, and the truth: key → person."""
    population = populate(people, seed, DAY + timedelta(days=300))
    records: list[CustomerRecord] = []
    for name, source in load_sources().items():
        rows = {table.name: table.rows for table in population.tables[name]}
        for table in source.tables:
            if table.kind == "customer":
                told = [dict.fromkeys(table.columns) | row for row in rows[table.table]]
                mapped = map_rows(source, table, pa.Table.from_pylist(told), SECRET).records
                records += [record for record in mapped if isinstance(record, CustomerRecord)]
    return tuple(records), keyed(population.truth, load_sources(), SECRET)
