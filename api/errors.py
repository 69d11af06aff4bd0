"""What a caller is told when an answer is not possible: one closed code, one sentence, no personal data."""

from enum import StrEnum
from typing import Any

from graph.errors import BadDecision, Conflict, GraphTimeout, GraphUnavailable, NotFound
from graph.resolution.policy import UnknownPolicy
from graph.what_if import BadPolicy
from ledger.errors import LedgerUnavailable


class ErrorCode(StrEnum):
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
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
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.BAD_USER_INPUT: 400,
    ErrorCode.CONFLICT: 409,
    ErrorCode.NOT_HISTORISED: 400,
    ErrorCode.UNAVAILABLE: 503,
    ErrorCode.TOO_SLOW: 503,
    ErrorCode.TIMEOUT: 504,
    ErrorCode.INTERNAL: 500,
}
INTERNAL_MESSAGE = "Something went wrong on our side; the log has the details."


class ApiError(Exception):
    """Shown to the caller as it is; ``more`` goes beside the code."""

    def __init__(self, code: ErrorCode, message: str, **more: Any) -> None:
        super().__init__(message)
        self.code = code
        self.more = more


def coded(fault: BaseException | None) -> ApiError | None:
    """A fault in the words of the API; None for one that must not be shown."""
    if isinstance(fault, ApiError):
        return fault
    if isinstance(fault, GraphTimeout):
        return ApiError(ErrorCode.TIMEOUT, "The graph took too long: ask for less, or try again.")
    if isinstance(fault, GraphUnavailable):
        return ApiError(ErrorCode.UNAVAILABLE, "The graph does not answer at the moment: try again.")
    if isinstance(fault, LedgerUnavailable):
        return ApiError(ErrorCode.UNAVAILABLE, "The ledger does not answer at the moment: try again.")
    if isinstance(fault, NotFound):
        return ApiError(ErrorCode.NOT_FOUND, str(fault))
    if isinstance(fault, BadDecision | BadPolicy | UnknownPolicy):
        return ApiError(ErrorCode.BAD_USER_INPUT, str(fault))
    if isinstance(fault, Conflict):
        return ApiError(ErrorCode.CONFLICT, str(fault), decisions=list(fault.chain))
    return None
