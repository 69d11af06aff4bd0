from contextlib import suppress
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.errors import ApiError, ErrorCode
from api.pages import check_first, decode_cursor, encode_cursor

KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=100)


@given(st.datetimes(timezones=st.just(UTC)).map(lambda at: at.isoformat()), KEYS)
def test_a_cursor_comes_back_as_it_was(at: str, key: str) -> None:
    assert decode_cursor(encode_cursor([at, key]), ("instant", "text")) == [at, key]


@given(st.floats(allow_nan=False, allow_infinity=False), KEYS)
def test_a_score_comes_back_to_the_last_bit(score: float, key: str) -> None:
    assert decode_cursor(encode_cursor([score, key]), ("number", "text")) == [score, key]


@given(st.text(max_size=200))
def test_any_text_is_a_position_or_a_refusal(text: str) -> None:
    with suppress(ApiError):
        assert isinstance(decode_cursor(text, ("text",)), list)


def test_a_refusal_is_the_callers_mistake() -> None:
    with pytest.raises(ApiError) as raised:
        decode_cursor("made up", ("text",))
    assert raised.value.code is ErrorCode.BAD_USER_INPUT


@pytest.mark.parametrize("position", [[True, "k"], ["1", "k"], [None, "k"], [1.0], [1.0, "k", "k"]])
def test_parts_have_kinds(position: list[Any]) -> None:
    with pytest.raises(ApiError):
        decode_cursor(encode_cursor(position), ("number", "text"))


def test_no_cursor_is_the_beginning() -> None:
    assert decode_cursor(None, ("text",)) is None


@pytest.mark.parametrize(("first", "fine"), [(0, False), (1, True), (200, True), (201, False), (-5, False)])
def test_first(first: int, fine: bool) -> None:
    if fine:
        assert check_first(first) == first
    else:
        with pytest.raises(ApiError):
            check_first(first)
