"""Who may come in: everybody with a valid bearer token. What a role may see is decided where fields are selected."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from api.errors import ApiError, ErrorCode
from api.tokens import Caller, InvalidToken, verify_token


async def authenticate(connection: HTTPConnection) -> Caller:
    """The caller of a request; raises ApiError UNAUTHENTICATED without a valid token."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise ApiError(ErrorCode.UNAUTHENTICATED, "Send a token: Authorization: Bearer <token>.")
    try:
        return verify_token(connection.app.state.public_key, token.strip())
    except InvalidToken as fault:
        raise ApiError(ErrorCode.UNAUTHENTICATED, str(fault)) from fault


Authenticated = Annotated[Caller, Depends(authenticate)]
