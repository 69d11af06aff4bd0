"""What a caller is told when an answer is not possible: one closed code, one sentence, no personal data."""

from enum import StrEnum

from graph.errors import BadDecision, Conflict, GraphTimeout, GraphUnavailable, NotFound
from ledger.errors import LedgerUnavailable


class ErrorCode(StrEnum):
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    CONFLICT = "CONFLICT"
    UNAVAILABLE = "UNAVAILABLE"
    TIMEOUT = "TIMEOUT"
    INTERNAL = "INTERNAL"


STATUS = {
    ErrorCode.UNAUTHENTICATED: 401,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.BAD_USER_INPUT: 400,
    ErrorCode.CONFLICT: 409,
    ErrorCode.UNAVAILABLE: 503,
    ErrorCode.TIMEOUT: 504,
    ErrorCode.INTERNAL: 500,
}
REFUSED = {
    BadDecision: ErrorCode.BAD_USER_INPUT,
    NotFound: ErrorCode.NOT_FOUND,
    Conflict: ErrorCode.CONFLICT,
}
INTERNAL_MESSAGE = "Something went wrong on our side; the log has the details."


class ApiError(Exception):
    """Shown to the caller as it is."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code


def coded(fault: BaseException | None) -> ApiError | None:
    """A fault in the words of the API; None for one that must not be shown."""
    if isinstance(fault, ApiError):
        return fault
    if isinstance(fault, GraphTimeout):
        return ApiError(ErrorCode.TIMEOUT, "The graph took too long: ask for less, or try again.")
    if isinstance(fault, GraphUnavailable):
        return ApiError(ErrorCode.UNAVAILABLE, "The graph does not answer at the moment: try again.")
    for kind, code in REFUSED.items():
        if isinstance(fault, kind):
            return ApiError(code, str(fault))
    if isinstance(fault, LedgerUnavailable):
        return ApiError(ErrorCode.UNAVAILABLE, "The ledger does not answer at the moment: try again.")
    return None
