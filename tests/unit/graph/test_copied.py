"""Nodes as rows of the relational copy."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.copied import copied, major
from ingest.fields import decimals_by_currency, to_minor_units
from ledger.entries import CopiedKind
from ledger.reports import BUSINESS

DECIMALS = decimals_by_currency()
TRANSACTION = {
    "key": "core|transaction|1",
    "account": "core|account|1",
    "system": "core",
    "reference": "TX1",
    "type": None,
    "direction": "debit",
    "amount": 150_050,
    "currency": "KES",
    "status": "completed",
    "description": "Rent\x00 for March",
    "at": "2026-03-01T08:00:00Z",
}


def test_a_row_has_the_columns_of_its_table_and_no_text_that_postgresql_cannot_hold() -> None:
    row = dict(
        zip(
            BUSINESS[CopiedKind.TRANSACTION].columns, copied(CopiedKind.TRANSACTION, TRANSACTION, DECIMALS), strict=True
        )
    )
    assert row == TRANSACTION | {"amount": Decimal("1500.50"), "description": "Rent for March"}


@given(minor=st.integers(-(2**63), 2**63 - 1), currency=st.sampled_from(sorted(DECIMALS)))
def test_an_amount_is_what_ingest_made_minor_units_of(minor: int, currency: str) -> None:
    amount = major(minor, currency, DECIMALS)
    assert amount is not None
    assert to_minor_units(amount, DECIMALS[currency]) == ((minor, True) if abs(minor) < 2**63 else (None, True))


@pytest.mark.parametrize(("minor", "currency", "amount"), [(5, "JPY", "5"), (5, "KWD", "0.005"), (5, None, "0.05")])
def test_an_amount_has_the_decimals_of_its_currency(minor: int, currency: str | None, amount: str) -> None:
    assert str(major(minor, currency, DECIMALS)) == amount


def test_no_amount() -> None:
    assert major(None, "KES", DECIMALS) is None
