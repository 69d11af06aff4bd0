"""Relay pages: how many, from where, and cursors that nobody but us can make sense of."""

import base64
import binascii
import math
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import orjson

from api.errors import ApiError, ErrorCode

DEFAULT_FIRST = 20
MAX_FIRST = 200
MAX_CURSOR = 1_000  # characters


def _instant(part: Any) -> bool:
    return isinstance(part, str) and datetime.fromisoformat(part).tzinfo is not None


def _text(part: Any) -> bool:
    return isinstance(part, str)


def _number(part: Any) -> bool:
    return isinstance(part, int | float) and not isinstance(part, bool) and math.isfinite(part)


PARTS: Mapping[str, Callable[[Any], bool]] = {"instant": _instant, "text": _text, "number": _number}


def encode_cursor(position: list[Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(position)).decode().rstrip("=")


def decode_cursor(cursor: str | None, parts: tuple[str, ...]) -> list[Any] | None:
    """The position in a cursor, whose parts must be of these kinds; raises ApiError for one that we did not make."""
    if cursor is None:
        return None
    try:
        if len(cursor) > MAX_CURSOR:
            raise ValueError
        position = orjson.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        if not isinstance(position, list) or len(position) != len(parts):
            raise ValueError
        if not all(PARTS[kind](part) for kind, part in zip(parts, position, strict=True)):
            raise ValueError
    except (ValueError, binascii.Error) as fault:
        raise ApiError(
            ErrorCode.BAD_USER_INPUT, "This cursor is not one of ours: take it from pageInfo.endCursor."
        ) from fault
    return position


def check_first(first: int) -> int:
    if not 1 <= first <= MAX_FIRST:
        raise ApiError(ErrorCode.BAD_USER_INPUT, f"'first' is from 1 to {MAX_FIRST}.")
    return first
