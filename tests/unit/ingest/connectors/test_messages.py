from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.connectors.messages import MAX_BYTES, Heard, Message, Unread, hear, hear_again, is_message, to_page
from ingest.contracts.event import Event
from ingest.rejections import Reason
from ingest.source import load_sources
from ingest.table import Table

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TABLES = {table.name: table for source in load_sources().values() for table in source.tables}
ALERTS, CASES = TABLES["alert_events"], TABLES["case_events"]


def said(number: int = 1, minutes: int = 0, **words: object) -> dict[str, Any]:
    at = (NOON + timedelta(minutes=minutes)).isoformat()
    return {
        "Id": f"{number} {minutes}", "EventType": "FraudAlertRaised", "SchemaVersion": 1, "OccurredAt": at,
        "SourceSystem": "Fraud Detection", "AlertId": str(number), "RaisedAt": at, "UpdatedAt": at,
    } | words  # fmt: skip


def message(value: object, key: bytes | None = b"k", offset: int = 0) -> Message:
    content = value if isinstance(value, bytes | None) else orjson.dumps(value)
    return Message(topic="fraud.events", partition=0, offset=offset, key=key, value=content, size=len(content or b""))


def without(word: str) -> dict[str, Any]:
    return {name: value for name, value in said().items() if name != word}


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, Reason.NO_VALUE),
        (b"", Reason.NOT_JSON),
        (b"{", Reason.NOT_JSON),
        (b"\xff", Reason.NOT_JSON),
        (b"[" * 5_000, Reason.NOT_JSON),
        (b'{"Id": NaN}', Reason.NOT_JSON),
        (b'"text"', Reason.NOT_AS_AGREED),
        (b" " * (MAX_BYTES + 1), Reason.TOO_LARGE),
        (without("EventType"), Reason.UNKNOWN_EVENT),
        (said(EventType="LoginPerformed"), Reason.UNKNOWN_EVENT),  # of another topic
        (said(EventType=["FraudAlertRaised"]), Reason.UNKNOWN_EVENT),
        (without("SchemaVersion"), Reason.UNKNOWN_VERSION),
        (said(SchemaVersion=2), Reason.UNKNOWN_VERSION),
        (said(SchemaVersion="1"), Reason.UNKNOWN_VERSION),
        (said(SchemaVersion=True), Reason.UNKNOWN_VERSION),
        (without("AlertId"), Reason.NOT_AS_AGREED),
        (said(RiskScore="high"), Reason.NOT_AS_AGREED),
    ],
)
def test_what_is_wrong_has_a_reason(value: object, reason: Reason) -> None:
    heard = hear(message(value))
    assert isinstance(heard, Unread)
    assert heard.reason is reason


def test_without_a_key_there_is_no_order() -> None:
    assert hear(message(said(), key=None)) == Unread(Reason.NO_KEY, said())


@given(st.binary(max_size=200) | st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(sorted(said())), inner),
).map(orjson.dumps))  # fmt: skip
def test_whatever_comes_is_an_event_or_has_a_reason(value: bytes) -> None:
    found = message(value)
    heard = hear(found)
    assert isinstance(heard, Event | Unread)
    page = to_page("fraud", ALERTS, [found], [heard])
    assert len(page.rows) + len(page.poison) <= 1


def page_of(table: Table, values: Sequence[object]) -> Any:
    messages = [message(value, offset=n) for n, value in enumerate(values)]
    heard: list[Heard] = [hear(it) for it in messages]
    return to_page("fraud", table, messages, heard)


def test_a_table_hears_its_own_events() -> None:
    case = said(EventType="FraudCaseOpened", CaseId="7", OpenedAt=NOON.isoformat())
    values = [said(), case, said(SchemaVersion=2), b"no JSON", said(EventType="SomethingNew")]
    alerts, cases = page_of(ALERTS, values), page_of(CASES, values)
    assert (alerts.rows["AlertId"].to_pylist(), cases.rows["CaseId"].to_pylist()) == (["1"], ["7"])
    assert [it.reason for it in alerts.poison] == [Reason.UNKNOWN_VERSION, Reason.NOT_JSON, Reason.UNKNOWN_EVENT]
    assert [it.reason for it in cases.poison] == [Reason.NOT_JSON, Reason.UNKNOWN_EVENT]
    assert [it.key for it in alerts.poison] == ["fraud|alerts|1", None, "fraud|alerts|1"]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), max_size=30))
def test_only_what_is_replaced_at_once_is_left_out(told: list[tuple[int, int]]) -> None:
    """Of each alert the last word stays, and so does every one that is newer than all behind it."""
    rows = page_of(ALERTS, [said(number, minutes) for number, minutes in told]).rows
    kept = list(zip(rows["AlertId"].to_pylist(), rows["UpdatedAt"].to_pylist(), strict=True))
    for number in {number for number, _ in told}:
        times = [NOON + timedelta(minutes=minutes) for other, minutes in told if other == number]
        mine = [at for id, at in kept if id == str(number)]
        assert mine == [at for n, at in enumerate(times) if all(at > later for later in times[n + 1 :])]


def test_a_letter_is_read_again_by_the_contracts_of_now() -> None:
    good, bad = (
        to_page("fraud", ALERTS, [message(it)], [Unread(Reason.UNKNOWN_VERSION, it)]).poison[0].content
        for it in (said(), said(SchemaVersion=2))
    )
    assert is_message(good)
    again = hear_again(ALERTS, good)
    assert again is not None
    assert not is_message(again)
    assert again["AlertId"].to_pylist() == ["1"]
    assert hear_again(ALERTS, bad) is None
    assert hear_again(CASES, good) is None


def test_of_what_is_too_large_only_the_place_is_kept() -> None:
    (poison,) = page_of(ALERTS, [b" " * (MAX_BYTES + 1)]).poison
    (told,) = poison.content.to_pylist()
    assert (told["topic"], told["offset"], told["size"], told["value"]) == ("fraud.events", 0, MAX_BYTES + 1, None)
    assert hear_again(ALERTS, poison.content) is None
