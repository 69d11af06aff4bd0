"""What was wrong with a row: rejections (there is no record) and issues (a record, but something of it is missing).

Both are values with closed reasons. They are counted and logged; neither ever holds what the row said.
"""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a row became no record."""

    MISSING_KEY = "missing_key"
    MISSING_FIELD = "missing_field"
    UNFIT = "unfit"  # no store can hold it: half a character, a number beyond 64 bits, a key of kilobytes
    ERASED = "erased"  # its key was erased, and not released since
    # of a message, which became no row
    NO_VALUE = "no_value"
    NO_KEY = "no_key"  # so its place among the others of its thing is anybody's guess
    TOO_LARGE = "too_large"
    NOT_JSON = "not_json"
    UNKNOWN_EVENT = "unknown_event"
    UNKNOWN_VERSION = "unknown_version"
    NOT_AS_AGREED = "not_as_agreed"  # a word of the contract is missing, or of another type


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """``field`` is what was missing, ``row`` the number of the row in its batch.

    ``key`` is None where the key itself is missing, and must not be logged unhashed.
    """

    reason: Reason
    field: str
    row: int
    key: str | None = None


class Flaw(StrEnum):
    """Why a part of a record is missing, or is not what it was expected to be."""

    UNREADABLE = "unreadable"  # no type of ours holds it, such as a date before the year 1 or infinity
    UNPARSABLE_DATE = "unparsable_date"
    UNPARSABLE_VALUE = "unparsable_value"
    FAILED_EXPRESSION = "failed_expression"
    TOO_LONG = "too_long"
    UNKNOWN_VALUE = (
        "unknown_value"  # not in the closed list: kept as it came, or missing where only the list is allowed
    )
    UNKNOWN_CURRENCY = "unknown_currency"
    OUT_OF_RANGE = "out_of_range"
    ROUNDED = "rounded"  # more decimals than the currency has
    INVALID_IDENTIFIER = "invalid_identifier"  # kept with the record, links nobody
    NEGATIVE = "negative"  # a balance below zero
    FUTURE = "future"  # a date of something that has happened, later than now
    DUPLICATE = "duplicate"  # a key that another row of the batch has too


@dataclass(frozen=True, slots=True)
class Issue:
    flaw: Flaw
    field: str
