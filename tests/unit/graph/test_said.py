import json
import math
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.records import CustomerRecord, IdentifierValue, InvalidValue, PartyType, content_hash
from graph.said import hear, say

TEXTS = st.text(max_size=12)
INSTANTS = st.datetimes(timezones=st.just(UTC))
SCALARS = st.one_of(TEXTS, st.integers(), st.floats(allow_nan=False), st.booleans(), st.dates(), INSTANTS, st.none())
VALUES = st.builds(
    IdentifierValue,
    kind=st.sampled_from(["Phone", "NationalId"]),
    value=TEXTS,
    raw=TEXTS,
    country=st.none() | st.just("KE"),
    verified=st.booleans(),
    placeholder=st.booleans(),
    masked=TEXTS,
    source_from=st.none() | INSTANTS,
    source_to=st.none() | INSTANTS,
)
RECORDS = st.builds(
    CustomerRecord,
    key=TEXTS,
    party_type=st.sampled_from(PartyType),
    full_name=st.none() | TEXTS,
    birth_date=st.none() | st.dates(),
    identifiers=st.lists(VALUES, max_size=3).map(tuple),
    invalid=st.lists(st.builds(InvalidValue, kind=TEXTS, raw=TEXTS), max_size=2).map(tuple),
    created_at=st.none() | INSTANTS,
    updated_at=st.none() | INSTANTS,
    source_version=st.none() | st.integers(0, 2**63 - 1),
    attributes=st.dictionaries(TEXTS, SCALARS, max_size=3),
)


@given(RECORDS)
def test_what_is_said_is_heard_exactly(record: CustomerRecord) -> None:
    heard = hear(json.loads(json.dumps(say(record), allow_nan=False)))
    assert heard == record
    assert content_hash(heard) == content_hash(record)


@given(RECORDS)
def test_it_is_fit_for_postgresql(record: CustomerRecord) -> None:
    """Which keeps neither NUL nor the form of a float."""
    named = CustomerRecord(key=record.key, full_name=record.full_name, identifiers=record.identifiers)
    assert "\\u0000" not in json.dumps(say(named))
    assert not any(isinstance(value, float) for value in say(record).get("attributes", {}).values())


@pytest.mark.parametrize("value", [math.inf, -math.inf, -0.0, 1e308, 5e-324, True, 2**63, date(1, 1, 1)])
def test_values_that_json_spells_otherwise_keep_their_type(value: Any) -> None:
    heard = hear(json.loads(json.dumps(say(CustomerRecord(key="k", attributes={"a": value})))))
    assert (type(heard.attributes["a"]), repr(heard.attributes["a"])) == (type(value), repr(value))


def test_not_a_number_stays_none() -> None:
    heard = hear(say(CustomerRecord(key="k", attributes={"a": math.nan})))
    assert math.isnan(float(str(heard.attributes["a"])))


def test_only_what_was_said_is_written() -> None:
    record = CustomerRecord(key="core|customer|1", updated_at=datetime(2026, 3, 1, tzinfo=UTC))
    assert say(record) == {
        "key": "core|customer|1",
        "party_type": "unknown",
        "updated_at": {"instant": "2026-03-01T00:00:00+00:00"},
    }
