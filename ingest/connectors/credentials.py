"""How a caller says who it is: with a key, a password, or a token that it fetches and keeps until it expires."""

import base64
from collections.abc import Awaitable, Callable
from functools import lru_cache
from time import monotonic
from typing import Protocol
from urllib.parse import unquote, urlsplit

import httpx

from ingest.connectors.items import at_path, read_json
from ingest.errors import SourceContractError, SourceUnavailable
from ingest.rest import Auth

EARLY_SECONDS = 30.0  # so long before it expires a token is not used any more
SHORT_SECONDS = 60.0  # for how long one is kept that does not say


class Answered(Protocol):
    @property
    def status(self) -> int: ...

    @property
    def body(self) -> bytes: ...


Post = Callable[[str, dict[str, str], dict[str, str]], Awaitable[Answered]]  # path, headers, form


class Credentials(Protocol):
    async def headers(self, post: Post) -> dict[str, str]:
        """What each request bears."""
        ...

    def forget(self) -> bool:
        """They were refused: answers whether there may be others the next time."""
        ...


class Fixed:
    """The same in every request, or nothing."""

    def __init__(self, headers: dict[str, str]) -> None:
        self._headers = headers

    async def headers(self, post: Post) -> dict[str, str]:
        return self._headers

    def forget(self) -> bool:
        return False


class ClientToken:
    """OAuth 2 client credentials."""

    def __init__(self, path: str, scope: str | None, id: str, secret: str) -> None:
        self._path = path
        self._form = {"grant_type": "client_credentials"} | ({"scope": scope} if scope else {})
        self._basic = _basic(id, secret)
        self._token: str | None = None
        self._until = 0.0

    async def headers(self, post: Post) -> dict[str, str]:
        if self._token is None or monotonic() >= self._until:
            await self._fetch(post)
        return {"authorization": f"Bearer {self._token}"}

    def forget(self) -> bool:
        known, self._token = self._token, None
        return known is not None

    async def _fetch(self, post: Post) -> None:
        answer = await post(self._path, {"authorization": self._basic}, self._form)
        if answer.status != httpx.codes.OK:
            raise SourceUnavailable("it gives no token for the id and the secret in its DSN: check them.")
        try:
            said = read_json(answer.body)
            lasts = float(at_path(said, "expires_in") or SHORT_SECONDS)
        except (ValueError, TypeError):
            said, lasts = None, SHORT_SECONDS
        token = at_path(said, "access_token")
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise SourceContractError("what it gives for a token is none: correct `auth` in the source file.")
        self._token, self._until = token, monotonic() + max(lasts - EARLY_SECONDS, lasts / 2)


@lru_cache(maxsize=64)
def open_credentials(dsn: str, auth: Auth | None) -> Credentials:
    """One for each DSN and as long as the process lives: a token outlasts a poll."""
    parts = urlsplit(dsn)
    id, secret = unquote(parts.username or ""), unquote(parts.password or "")
    if auth is None:
        return Fixed({})
    if auth.style == "oauth":
        return ClientToken(auth.token or "", auth.scope, id, secret)
    if auth.style == "key":
        return Fixed({auth.header or "": secret})
    return Fixed({"authorization": _basic(id, secret)})


def _basic(id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{id}:{secret}".encode()).decode()
