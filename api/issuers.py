"""Whose tokens are accepted: those of the local issuer, or those of one that publishes its keys as a JWKS.

A JWKS is fetched when it is needed: when there are no keys, when they are old, and for a key id that is not among
them, which may be new. However many tokens ask for it, it is tried once in ``COOLDOWN`` seconds at most.
"""

import asyncio
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

import httpx
import jwt
import orjson
import structlog
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from api.errors import ApiError, ErrorCode
from api.tokens import ALGORITHM, AUDIENCE, ISSUER, Caller, InvalidToken, read_caller

ALGORITHMS = frozenset({"ES256", "RS256"})
FRESH = 300.0  # seconds for which keys are used without asking again
STALE = 3_600.0  # seconds after which keys that could not be renewed are believed no more
COOLDOWN = 30.0  # seconds from one attempt to the next
TIMEOUT = 5.0
MAX_BYTES = 1 << 18
RSA_BITS = 2_048  # and no fewer

log = structlog.get_logger("api")


@dataclass(frozen=True, slots=True)
class LocalIssuer:
    key: ec.EllipticCurvePublicKey

    async def caller(self, token: str) -> Caller:
        return read_caller(token, self.key, ALGORITHM, issuer=ISSUER, audience=AUDIENCE)


class RemoteIssuer:
    """An issuer whose keys are at ``url``; its tokens must name it, and us as their audience."""

    def __init__(self, url: str, *, issuer: str, audience: str, clock: Callable[[], float] = monotonic) -> None:
        self._url = url
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        self._keys: Mapping[str, jwt.PyJWK] = {}
        self._read_at = self._tried_at = -math.inf
        self._reading = asyncio.Lock()

    async def caller(self, token: str) -> Caller:
        """Raises InvalidToken, or ApiError UNAVAILABLE while the keys cannot be had."""
        key = await self._key(_key_id(token))
        return read_caller(token, key.key, key.algorithm_name, issuer=self._issuer, audience=self._audience)

    async def _key(self, key_id: str) -> jwt.PyJWK:
        known = self._keys.get(key_id)
        age = self._clock() - self._read_at
        if known is not None and (age < FRESH or (age < STALE and self._reading.locked())):
            return known
        async with self._reading:
            if self._clock() - self._tried_at >= COOLDOWN:
                await self._read()
        known = self._keys.get(key_id)
        if known is not None and self._clock() - self._read_at < STALE:
            return known
        if self._tried_at > self._read_at:  # the last attempt failed: nobody can tell whether the token is valid
            raise ApiError(ErrorCode.UNAVAILABLE, "The keys that verify tokens cannot be had at the moment: try again.")
        raise InvalidToken("The token is not one that this service accepts.")

    async def _read(self) -> None:
        """Read the keys anew; those of before stay where that fails."""
        self._tried_at = self._clock()
        try:
            self._keys = usable_keys(await _fetch(self._url))
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError) as fault:
            log.warning("jwks_unavailable", fault=type(fault).__name__)
        else:
            self._read_at = self._tried_at


async def _fetch(url: str) -> bytes:
    """Raises httpx.HTTPError, also for a redirect: keys come from where they are said to be."""
    async with (
        asyncio.timeout(TIMEOUT),
        httpx.AsyncClient(timeout=TIMEOUT) as http,
        http.stream("GET", url) as reply,
    ):
        if reply.status_code != httpx.codes.OK:
            raise httpx.HTTPStatusError("no key set", request=reply.request, response=reply)
        body = b""
        async for part in reply.aiter_bytes():
            body += part
            if len(body) > MAX_BYTES:
                raise ValueError("a key set of that size is none")
        return body


def usable_keys(document: bytes) -> dict[str, jwt.PyJWK]:
    """The keys of a JWKS that may verify our tokens, by id; raises ValueError if it is none."""
    said = orjson.loads(document)
    if not isinstance(said, dict) or not isinstance(said.get("keys"), list):
        raise ValueError("no key set")
    return {key["kid"]: usable for key in said["keys"] if isinstance(key, dict) and (usable := _usable(key))}


def _usable(said: dict[str, Any]) -> jwt.PyJWK | None:
    """A public key for signatures, by an algorithm of ours; a secret one (``oct``) never is."""
    if not isinstance(said.get("kid"), str) or said.get("use", "sig") != "sig":
        return None
    try:
        key = jwt.PyJWK(said)
    except (jwt.PyJWTError, ValueError):
        return None
    strong = key.algorithm_name == "RS256" and isinstance(key.key, rsa.RSAPublicKey) and key.key.key_size >= RSA_BITS
    curve = key.algorithm_name == "ES256" and isinstance(key.key, ec.EllipticCurvePublicKey)
    return key if strong or curve else None


def _key_id(token: str) -> str:
    """Which key a token names; raises InvalidToken for one that names none, or another algorithm."""
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError as fault:
        raise InvalidToken("The token is not one that this service accepts.") from fault
    key_id = header.get("kid")
    if header.get("alg") not in ALGORITHMS or not isinstance(key_id, str):
        raise InvalidToken("The token is not one that this service accepts.")
    return key_id
