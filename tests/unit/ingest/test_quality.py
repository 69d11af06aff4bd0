from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from ingest.mapping import map_rows
from ingest.quality import Tally, judge
from ingest.source import load_sources
from ledger.quality import Measures, TableQuality
from tests.unit.ingest.rows import SECRET, rows_of

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)
SOURCE = load_sources()["comprehensive"]
TABLES = {table.name: table for table in SOURCE.tables}
CUSTOMER = {"Id": "c1", "FirstName": "Amina", "LastName": "Otieno", "Email": "amina@mail.co.ke", "Status": "Active"}
ACCOUNT = {"Id": "a1", "CustomerId": "c1", "AccountNumber": "WKZ1", "Balance": "-5.00", "Currency": "KES"}


def tally(table: str, *rows: Mapping[str, Any]) -> Tally:
    found = Tally()
    for row in rows:
        found.add(TABLES[table], map_rows(SOURCE, TABLES[table], rows_of(TABLES[table], [row]), SECRET), NOON)
    return found


def test_fields_are_counted_under_the_names_that_the_file_uses() -> None:
    found = tally("customers", CUSTOMER, CUSTOMER | {"Id": "c2", "Email": "", "PrimaryPhone": "0722000101"})
    assert found.rows == 2
    assert {name: found.filled[name] for name in ("full_name", "Email", "Phone", "status", "birth_date")} == {
        "full_name": 2,
        "Email": 1,
        "Phone": 1,
        "status": 2,
        "birth_date": 0,
    }


def test_a_rejected_row_counts_as_one_that_has_nothing() -> None:
    assert (found := tally("customers", CUSTOMER, CUSTOMER | {"Id": None})).rows == 2
    assert found.filled["full_name"] == 1


def test_a_balance_below_zero_and_a_date_that_has_not_come_are_counted() -> None:
    found = tally("accounts", ACCOUNT | {"UpdatedAt": "2024-01-01T13:00:00Z", "CreatedAt": "2024-01-01T12:04:00Z"})
    assert (found.issues["balance:negative"], found.issues["updated_at:future"]) == (1, 1)
    assert found.issues["opened_at:future"] == 0


def test_a_key_that_a_batch_has_twice_is_counted() -> None:
    found = Tally()
    table = TABLES["customers"]
    found.add(table, map_rows(SOURCE, table, rows_of(table, [CUSTOMER, CUSTOMER]), SECRET), NOON)
    assert found.issues["key:duplicate"] == 1


def quality(now: int, former: int | None = None, rows: int = 1_000) -> TableQuality:
    """So many of 1,000 rows have an e-mail address."""
    before = None if former is None else Measures(rows=1_000, filled={"Email": former})
    return TableQuality(
        system="s", table="customers", at=NOON, now=Measures(rows=rows, filled={"Email": now}), former=before
    )


@pytest.mark.parametrize(
    ("found", "sentences"),
    [
        (quality(950), []),
        (quality(900), []),
        (quality(899), ["customers: 89.9% of 1,000 rows have Email, at least 90.0% were expected"]),
        (quality(1_000, 950), []),
        (quality(930, 1_000), []),
        (quality(1_000, 850), ["customers: 100.0% of 1,000 rows have Email, 85.0% before"]),
        (quality(0, 900, rows=99), []),
    ],
)
def test_what_is_not_as_expected_or_not_as_before_is_told(found: TableQuality, sentences: list[str]) -> None:
    table = TABLES["customers"].model_copy(update={"expect": {"Email": 0.9}})
    assert judge(table, found) == sentences
