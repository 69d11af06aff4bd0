"""From JSON by a contract to typed columns: what was said is there, what was not is null."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ingest.contracts.bank import AccountEvent, CustomerEvent, DeviceInfo, LoginEvent
from ingest.contracts.columns import columns_of, to_table
from ingest.contracts.event import Event
from ingest.contracts.topics import TOPICS, versions_of

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
IDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))
MONEY = st.decimals(-(10**24), 10**24, places=6)
MAYBE = st.none() | TEXTS
ENVELOPE: dict[str, Any] = {"Id": IDS, "SchemaVersion": st.just(1), "OccurredAt": MOMENTS, "SourceSystem": IDS}
DEVICES = st.builds(DeviceInfo, DeviceId=IDS, DeviceType=MAYBE, IsTrusted=st.none() | st.booleans())
LOGINS = st.builds(
    LoginEvent,
    **ENVELOPE,
    EventType=st.just("LoginPerformed"),
    LoginId=IDS,
    LocalCustomerId=IDS,
    Channel=TEXTS,
    IsSuccessful=st.booleans(),
    DeviceInfo=st.none() | DEVICES,
    LoggedInAt=MOMENTS,
)
ACCOUNTS = st.builds(
    AccountEvent,
    **ENVELOPE,
    EventType=st.sampled_from(["AccountCreated", "AccountUpdated"]),
    AccountId=IDS,
    AccountNumber=TEXTS,
    Balance=st.none() | MONEY,
    UpdatedAt=MOMENTS,
)


@given(LOGINS | ACCOUNTS)
def test_an_event_is_heard_as_it_was_told(event: Event) -> None:
    heard = type(event).model_validate_json(event.model_dump_json(), by_alias=True, by_name=False)
    assert heard == event
    (row,) = to_table([heard], columns_of([type(event)])).to_pylist()
    assert row == {name: value for name, value in event.model_dump().items() if name != "Metadata"}


@given(st.lists(ACCOUNTS, max_size=5))
def test_as_many_rows_as_events(events: list[AccountEvent]) -> None:
    table = to_table(events, columns_of([AccountEvent]))
    assert len(table) == len(events)
    assert [None if it is None else Decimal(it) for it in table["Balance"].to_pylist()] == [it.balance for it in events]


def test_types_are_those_of_the_contract() -> None:
    schema = columns_of([CustomerEvent, LoginEvent])
    assert schema.field("BirthDate").type == pa.date32()
    assert schema.field("OccurredAt").type == pa.timestamp("us", "UTC")
    assert schema.field("DeviceInfo").type.field("IsTrusted").type == pa.bool_()
    assert "Metadata" not in schema.names


class SecondLogin(LoginEvent):
    schema_version: Literal[2]  # type: ignore[assignment]  # another contract, not a special case of the first
    risk: float | None = None


class OtherLogin(LoginEvent):
    schema_version: Literal[2]  # type: ignore[assignment]
    is_successful: str  # type: ignore[assignment]


def test_two_versions_are_heard_beside_each_other() -> None:
    versions = versions_of([LoginEvent, SecondLogin])
    assert versions == {("LoginPerformed", 1): LoginEvent, ("LoginPerformed", 2): SecondLogin}
    said = {
        "Id": "1", "EventType": "LoginPerformed", "OccurredAt": "2026-03-01T12:00:00Z", "SourceSystem": "x",
        "LoginId": "l", "LocalCustomerId": "c", "Channel": "x", "IsSuccessful": True,
        "LoggedInAt": "2026-03-01T12:00:00Z",
    }  # fmt: skip
    events = [
        versions["LoginPerformed", number].model_validate_json(_json(said | {"SchemaVersion": number, "Risk": 0.5}))
        for number in (1, 2)
    ]
    assert to_table(events, columns_of([LoginEvent, SecondLogin]))["Risk"].to_pylist() == [None, 0.5]


def test_a_word_of_two_types_is_refused() -> None:
    with pytest.raises(pa.ArrowTypeError):
        columns_of([LoginEvent, OtherLogin])


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("OccurredAt", "2026-03-01T12:00:00"),  # in whose time?
        ("OccurredAt", 1_700_000_000),
        ("OccurredAt", "yesterday"),
        ("IsSuccessful", "yes"),
        ("IsSuccessful", None),
        ("LocalCustomerId", 7),
        ("LocalCustomerId", ""),
        ("Id", "x" * 201),
        ("Channel", "x" * 2_001),
        ("DeviceInfo", []),
        ("DeviceInfo", {"DeviceId": None}),
        ("SchemaVersion", 2),
        ("Metadata", {"a": 1}),
    ],
)
def test_a_word_of_another_type_is_refused(word: str, value: object) -> None:
    event = LoginEvent.model_validate_json(_json(GOOD))
    assert event.occurred_at - timedelta(0) == datetime(2026, 3, 1, 12, tzinfo=UTC)
    with pytest.raises(ValidationError):
        LoginEvent.model_validate_json(_json(GOOD | {word: value}), by_alias=True, by_name=False)


GOOD: dict[str, Any] = {
    "Id": "1", "EventType": "LoginPerformed", "SchemaVersion": 1, "OccurredAt": "2026-03-01T15:00:00+03:00",
    "SourceSystem": "x", "LoginId": "l", "LocalCustomerId": "c", "Channel": "x", "IsSuccessful": True,
    "LoggedInAt": "2026-03-01T12:00:00Z", "Colour": "red",
}  # fmt: skip


def _json(said: dict[str, Any]) -> bytes:
    import orjson  # noqa: PLC0415

    return orjson.dumps(said)


def test_a_birth_date_is_a_day() -> None:
    said = {
        "Id": "1", "EventType": "CustomerCreated", "SchemaVersion": 1, "OccurredAt": "2026-03-01T12:00:00Z",
        "SourceSystem": "x", "LocalCustomerId": "c", "BirthDate": "1990-02-28", "UpdatedAt": "2026-03-01T12:00:00Z",
    }  # fmt: skip
    assert CustomerEvent.model_validate_json(_json(said)).birth_date == date(1990, 2, 28)


@pytest.mark.parametrize("topic", TOPICS)
def test_each_type_and_version_of_a_topic_is_one_contract(topic: str) -> None:
    contracts = TOPICS[topic]
    assert sum(len(versions_of([contract])) for contract in contracts) == len(versions_of(contracts))
    assert len(columns_of(contracts)) > len(columns_of([Event]))
