"""What a caller is told when an answer is not possible: one closed code, one sentence, no personal data."""

import re
from enum import StrEnum
from typing import Any

from graph.errors import BadDecision, Conflict, GraphTimeout, GraphUnavailable, NotFound, TooLarge
from graph.resolution.policy import UnknownPolicy
from graph.what_if import BadPolicy
from ledger.errors import LedgerUnavailable


class ErrorCode(StrEnum):
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    RATE_LIMITED = "RATE_LIMITED"
    NOT_FOUND = "NOT_FOUND"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    CONFLICT = "CONFLICT"
    NOT_HISTORISED = "NOT_HISTORISED"  # asked for as of a time, and not kept over time
    TOO_SLOW = "TOO_SLOW"  # a subscriber who did not keep up
    UNAVAILABLE = "UNAVAILABLE"
    TIMEOUT = "TIMEOUT"
    INTERNAL = "INTERNAL"


STATUS = {
    ErrorCode.UNAUTHENTICATED: 401,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.RATE_LIMITED: 429,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.BAD_USER_INPUT: 400,
    ErrorCode.CONFLICT: 409,
    ErrorCode.NOT_HISTORISED: 400,
    ErrorCode.UNAVAILABLE: 503,
    ErrorCode.TOO_SLOW: 503,
    ErrorCode.TIMEOUT: 504,
    ErrorCode.INTERNAL: 500,
}
QUOTED = re.compile(r"""(["'])((?:(?!\1)[^\\]|\\.)*)\1""", re.DOTALL)
NAMES = re.compile(r"'[$@]?[\[\]!.A-Z_a-z][\[\]!.\w]*(\(\w+:\))?'", re.ASCII)  # 'Query.customer(gcid:)', '[ID!]!'
NUMBER = re.compile(r"\d{4,}")
REFUSED = {
    BadDecision: ErrorCode.BAD_USER_INPUT,
    BadPolicy: ErrorCode.BAD_USER_INPUT,
    UnknownPolicy: ErrorCode.BAD_USER_INPUT,
    NotFound: ErrorCode.NOT_FOUND,
}
AFTER_OUTAGE = 1  # seconds after which to try again what was UNAVAILABLE
INTERNAL_MESSAGE = "Something went wrong on our side; the log has the details."


class ApiError(Exception):
    """Shown to the caller as it is; ``more`` goes beside the code.

    ``retry_after``: the seconds after which it is worth another try.
    """

    def __init__(self, code: ErrorCode, message: str, *, retry_after: int | None = None, **more: Any) -> None:
        super().__init__(message)
        self.code = code
        self.retry_after = retry_after
        self.more = more


class Forbidden(ApiError):
    """``place`` is what the role may not have, by a name of ours: it goes into the audit chain."""

    def __init__(self, role: str, place: str) -> None:
        super().__init__(ErrorCode.FORBIDDEN, f"The role {role} may not read {place}.")
        self.place = place


def without_values(message: str) -> str:
    """What graphql-core says of a document, without the values that it quotes of it: they may be a person's."""
    named = QUOTED.sub(lambda it: it[0] if NAMES.fullmatch(it[0]) and not NUMBER.search(it[0]) else "'…'", message)
    return NUMBER.sub("…", named)


def coded(fault: BaseException | None) -> ApiError | None:
    """A fault in the words of the API; None for one that must not be shown."""
    if isinstance(fault, ApiError):
        return fault
    if isinstance(fault, RecursionError):
        return ApiError(ErrorCode.BAD_USER_INPUT, "The request is nested too deeply.")
    if isinstance(fault, GraphTimeout):
        return ApiError(ErrorCode.TIMEOUT, "The graph took too long: ask for less, or try again.")
    if isinstance(fault, TooLarge):
        return ApiError(ErrorCode.BAD_USER_INPUT, "The answer would need more memory than one may have: ask for less.")
    if isinstance(fault, GraphUnavailable):
        return ApiError(ErrorCode.UNAVAILABLE, "The graph does not answer at the moment: try again.")
    if isinstance(fault, Conflict):
        return ApiError(ErrorCode.CONFLICT, str(fault), decisions=list(fault.chain))
    for kind, code in REFUSED.items():
        if isinstance(fault, kind):
            return ApiError(code, str(fault))
    if isinstance(fault, LedgerUnavailable):
        return ApiError(ErrorCode.UNAVAILABLE, "The ledger does not answer at the moment: try again.")
    return None
