from datetime import UTC, datetime
from typing import Any

import pytest

from graph.business import AccountRecord, TransactionRecord
from graph.identifiers import normalise
from graph.limits import MAX_KEY_BYTES, fits
from graph.records import CustomerRecord, Departure, IdentifierValue, InvalidValue

LONG = "x" * (MAX_KEY_BYTES + 1)
ACCOUNT: dict[str, Any] = {"key": "core|account|1", "number": "1", "owner": "core|customer|1"}
CUSTOMER: dict[str, Any] = {"key": "core|customer|1"}


def phone(raw: str) -> IdentifierValue:
    value = normalise("Phone", raw, "KE")
    assert isinstance(value, IdentifierValue)
    return value


@pytest.mark.parametrize(
    "record",
    [
        CustomerRecord(key="core|customer|1", full_name="Wanjirũ", attributes={"n": 2**63 - 1, "on": True, "f": 1e308}),
        CustomerRecord(key="k" * MAX_KEY_BYTES, full_name="a b"),
        CustomerRecord(key="k", identifiers=tuple(phone(f"0712{n:06}") for n in range(500))),
        AccountRecord(**ACCOUNT, balance_minor=-(2**63)),
        Departure("core|customer|1", at=datetime(2026, 3, 1, tzinfo=UTC), source_version=2**63 - 1),
    ],
)
def test_what_the_stores_can_hold(record: CustomerRecord | AccountRecord | Departure) -> None:
    assert fits(record)


@pytest.mark.parametrize(
    "record",
    [
        CustomerRecord(key=LONG),
        CustomerRecord(key="core|customer|\x00"),
        CustomerRecord(key="core|customer|\ud800"),
        CustomerRecord(**CUSTOMER, full_name="\udfff"),
        CustomerRecord(**CUSTOMER, full_name="a\x00b"),
        CustomerRecord(**CUSTOMER, invalid=(InvalidValue(kind="Phone", raw="\ud800"),)),
        CustomerRecord(**CUSTOMER, attributes={"n": 2**63}),
        CustomerRecord(**CUSTOMER, source_version=-(2**63) - 1),
        AccountRecord(**ACCOUNT, balance_minor=2**63),
        AccountRecord(**ACCOUNT | {"number": LONG}),
        AccountRecord(**ACCOUNT | {"owner": "ü" * MAX_KEY_BYTES}),
        Departure(LONG),
        Departure("core|customer|1", source_version=2**64),
        TransactionRecord(
            key="t",
            account="a",
            reference=LONG,
            type=None,
            direction=None,
            amount_minor=1,
            currency=None,
            status=None,
            description=None,
            at=datetime(2026, 3, 1, tzinfo=UTC),
        ),
    ],
)
def test_what_they_cannot(record: CustomerRecord | AccountRecord | TransactionRecord | Departure) -> None:
    assert not fits(record)
