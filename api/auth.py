"""Who may come in: everybody with a valid token, but not too often. What a role may see is in ``access.toml``."""

import math
from typing import Annotated, Protocol

from fastapi import Depends
from fastapi.security import HTTPBearer
from starlette.requests import HTTPConnection

from api.access import Access, Right
from api.buckets import Buckets
from api.errors import ApiError, ErrorCode, Forbidden
from api.tokens import Caller, InvalidToken

MAX_TOKEN = 8_192  # characters
FAILURES_PER_SECOND = 1.0  # of one address, in the long run
FAILURES_AT_ONCE = 60
BEARER = HTTPBearer(auto_error=False, description="A token of this service, or of your issuer.")  # for OpenAPI alone


class Issuer(Protocol):
    """Whose tokens are accepted."""

    async def caller(self, token: str) -> Caller:
        """Raises InvalidToken for a token that is not accepted, ApiError where that cannot be found out."""


class Door:
    """Lets callers in, each at most as often as ``rate`` says; ``Buckets`` know one process only.

    Failures are counted by address, and above the limit answered with RATE_LIMITED. A valid token passes all the same:
    behind a proxy all callers have one address, and nobody may lock out the others.
    """

    def __init__(self, issuer: Issuer, *, rate: float) -> None:
        self._issuer = issuer
        self._callers = Buckets(rate=rate, burst=max(1, math.ceil(2 * rate)))
        self._failures = Buckets(rate=FAILURES_PER_SECOND, burst=FAILURES_AT_ONCE)

    async def admit(self, connection: HTTPConnection) -> Caller:
        """Raises ApiError UNAUTHENTICATED, RATE_LIMITED, or UNAVAILABLE where the issuer's keys cannot be had."""
        try:
            caller = await self._issuer.caller(_bearer(connection))
        except InvalidToken as fault:
            raise self.refusal(connection, str(fault)) from fault
        self.count(caller)
        return caller

    def count(self, caller: Caller) -> None:
        """One request of a caller; raises ApiError RATE_LIMITED."""
        if wait := self._callers.take(caller.subject):
            raise _too_often("Too many requests with this token's subject", wait)

    def refusal(self, connection: HTTPConnection, reason: str) -> ApiError:
        """What an attempt that failed is answered with; it is counted."""
        if wait := self._failures.take(connection.client.host if connection.client else ""):
            return _too_often("Too many attempts with tokens that are not valid", wait)
        return ApiError(ErrorCode.UNAUTHENTICATED, reason)


def _bearer(connection: HTTPConnection) -> str:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise InvalidToken("Send a token: Authorization: Bearer <token>.")
    if len(token) > MAX_TOKEN:
        raise InvalidToken("The token is not one that this service accepts.")
    return token.strip()


def _too_often(what: str, wait: float) -> ApiError:
    seconds = math.ceil(wait)
    return ApiError(ErrorCode.RATE_LIMITED, f"{what}: wait {seconds} s.", retry_after=seconds)


async def authenticate(connection: HTTPConnection) -> Caller:
    """The caller of a request; raises ApiError without a valid token, and for one that comes too often."""
    door: Door = connection.app.state.door
    return await door.admit(connection)


Authenticated = Annotated[Caller, Depends(authenticate)]


async def authorise(connection: HTTPConnection, caller: Authenticated) -> None:
    """For endpoints without a GraphQL document: raises ApiError FORBIDDEN unless the table gives them to the role."""
    access: Access = connection.app.state.access
    path = connection.scope["route"].path
    if access.of_endpoint(caller.role, path) is not Right.CLEAR:
        raise Forbidden(caller.role, path)
