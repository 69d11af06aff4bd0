"""Opaque ids and moments: what goes out comes back, and nothing else comes in."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from graphql import GraphQLError
from hypothesis import given
from hypothesis import strategies as st

from api.errors import ApiError
from api.nodes import MAX_ID, decode_id, encode_id
from api.types.scalars import SCALARS, DateTime, utc_text

READ = SCALARS[DateTime].parse_value


@given(st.text(max_size=40).filter(lambda it: it.isprintable()))
def test_an_id_leads_back_to_its_key(key: str) -> None:
    id_ = encode_id("GlobalCustomer", key)
    if len(id_) <= MAX_ID:
        assert decode_id(id_, "GlobalCustomer") == key
    with pytest.raises(ApiError):
        decode_id(id_, "Account")


@given(st.text(max_size=60))
def test_no_other_text_is_an_id(text: str) -> None:
    try:
        key = decode_id(text, "GlobalCustomer")
    except ApiError:
        return
    assert encode_id("GlobalCustomer", key) == text


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1)), st.integers(-14, 14))
def test_a_moment_is_the_same_one_in_utc(moment: datetime, hours: int) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(hours=hours)))
    spelled = utc_text(aware)
    assert spelled.endswith("Z")
    assert datetime.fromisoformat(spelled) == aware
    assert READ is not None
    assert READ(aware.isoformat()) == spelled
    assert READ(moment.isoformat()) == utc_text(moment.replace(tzinfo=UTC))


@pytest.mark.parametrize("text", ["yesterday", "", 7, None, "2026-13-01", "0001-01-01T00:00+23:59"])
def test_what_is_no_moment_is_refused(text: object) -> None:
    assert READ is not None
    with pytest.raises(GraphQLError):
        READ(text)
