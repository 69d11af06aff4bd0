"""``POST /sign-in``: a code that is good once becomes a token of some minutes. Whoever has no code learns nothing."""

import asyncio
from collections.abc import Callable

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from api.auth import Door

Redeem = Callable[[str], str | None]  # a token for a code that is good, which it then is no more
REFUSED = "This link was used, or is too old: ask for another one."
CODE = "code"  # what the page's address has in its fragment, which no browser sends and no log sees


class Code(BaseModel):
    code: str = Field(min_length=1, max_length=100)


class SignedIn(BaseModel):
    token: str


def sign_in_router(redeem: Redeem) -> APIRouter:
    router = APIRouter()

    @router.post("/sign-in", include_in_schema=False)
    async def sign_in(request: Request, given: Code) -> SignedIn:
        door: Door = request.app.state.door
        token = await asyncio.to_thread(redeem, given.code)
        if token is None:
            raise door.refusal(request, REFUSED)
        return SignedIn(token=token)

    return router
