"""Tokens of an issuer that publishes its keys, over real HTTP."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from api.errors import ApiError, ErrorCode
from api.issuers import COOLDOWN, FRESH, STALE, RemoteIssuer, usable_keys
from api.tokens import Caller, InvalidToken, Role

CURVE = ec.generate_private_key(ec.SECP256R1())
MODULUS = rsa.generate_private_key(65_537, 2_048)
STRANGER = ec.generate_private_key(ec.SECP256R1())
PAST = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
CLAIMS = {
    "iss": "https://login.bank",
    "aud": "wekeza",
    "sub": "amina",
    "role": "analyst",
    "iat": PAST,
    "exp": 4_000_000_000,
}


def public(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, kid: str, **more: str) -> dict[str, Any]:
    of = ECAlgorithm if isinstance(key, ec.EllipticCurvePrivateKey) else RSAAlgorithm
    said: dict[str, Any] = json.loads(of.to_jwk(key.public_key()))  # type: ignore[arg-type]
    return said | {"kid": kid} | more


def token(key: Any = CURVE, algorithm: str = "ES256", kid: str | None = "curve", **claims: Any) -> str:
    return jwt.encode(CLAIMS | claims, key, algorithm=algorithm, headers={"kid": kid} if kid else None)


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Keys:
    """A server of one document, which counts how often it is asked."""

    def __init__(self) -> None:
        self.url = ""
        self.status, self.asked = 200, 0
        self.said: Any = {"keys": [public(CURVE, "curve"), public(MODULUS, "modulus", use="sig", alg="RS256")]}


@pytest.fixture
def keys() -> Iterator[Keys]:
    served = Keys()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked += 1
            body = json.dumps(served.said).encode()
            self.send_response(served.status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served.url = f"http://127.0.0.1:{server.server_port}/keys"
        Thread(target=server.serve_forever).start()
        yield served
        server.shutdown()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def issuer(keys: Keys, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> RemoteIssuer:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return RemoteIssuer(keys.url, issuer="https://login.bank", audience="wekeza", clock=clock)


async def test_tokens_by_both_algorithms_and_one_fetch_for_all(issuer: RemoteIssuer, keys: Keys) -> None:
    for _ in range(3):
        assert await issuer.caller(token()) == Caller("amina", Role.ANALYST)
        assert await issuer.caller(token(MODULUS, "RS256", "modulus")) == Caller("amina", Role.ANALYST)
    assert keys.asked == 1


def forged(header: dict[str, str], secret: bytes) -> str:
    """HS256 by hand: the library refuses to take a public key for a secret."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, CLAIMS)]
    signature = hmac.digest(secret, b".".join(parts), hashlib.sha256)
    return b".".join([*parts, base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()


PEM = MODULUS.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
REFUSED = {
    "noise": "noise",
    "unsigned": token("", "none"),
    "the public key as a password": forged({"alg": "HS256", "typ": "JWT", "kid": "modulus"}, PEM),
    "the other key's algorithm": token(MODULUS, "RS256", "curve"),
    "another algorithm of the same key": token(MODULUS, "PS256", "modulus"),
    "without a key id": token(kid=None),
    "a stranger's key": token(STRANGER),
    "a key that nobody knows": token(STRANGER, kid="stranger"),
    "expired": token(exp=PAST + 60),
    "for another service": token(aud="another"),
    "of another issuer": token(iss="https://login.other"),
    "of no role": token(role="king"),
    "of nobody": token(sub=""),
    "of somebody with a long name": token(sub="x" * 300),
}


@pytest.mark.parametrize("how", REFUSED)
async def test_what_is_refused(issuer: RemoteIssuer, how: str) -> None:
    with pytest.raises(InvalidToken) as raised:
        await issuer.caller(REFUSED[how])
    assert REFUSED[how] not in str(raised.value)


async def test_a_new_key_is_found_and_unknown_ones_make_no_storm(
    issuer: RemoteIssuer, keys: Keys, clock: Clock
) -> None:
    await issuer.caller(token())
    keys.said["keys"].append(public(STRANGER, "new"))
    for n in range(50):
        with pytest.raises(InvalidToken):
            await issuer.caller(token(STRANGER, kid=f"made up {n}"))
    assert keys.asked == 1, "within the cooldown the keys that were just read are all that there are"
    clock.now += COOLDOWN
    assert (await issuer.caller(token(STRANGER, kid="new"))).subject == "amina"
    assert keys.asked == 2


async def test_a_key_that_was_withdrawn_is_believed_no_longer(issuer: RemoteIssuer, keys: Keys, clock: Clock) -> None:
    await issuer.caller(token())
    keys.said["keys"].pop(0)
    clock.now += FRESH
    with pytest.raises(InvalidToken):
        await issuer.caller(token())


async def test_while_keys_cannot_be_had(issuer: RemoteIssuer, keys: Keys, clock: Clock) -> None:
    keys.status = 500
    for _ in range(5):
        with pytest.raises(ApiError) as raised:
            await issuer.caller(token())
        assert raised.value.code is ErrorCode.UNAVAILABLE
    assert keys.asked == 1
    keys.status, clock.now = 200, clock.now + COOLDOWN
    await issuer.caller(token())
    keys.status, clock.now = 302, clock.now + FRESH
    await issuer.caller(token())  # what is known goes on being believed, for a while
    clock.now += STALE
    with pytest.raises(ApiError):
        await issuer.caller(token())


@pytest.mark.parametrize("said", [[], {"keys": 7}, "keys", {"keys": "x" * (1 << 19)}])
async def test_what_is_no_key_set(issuer: RemoteIssuer, keys: Keys, said: Any) -> None:
    keys.said = said
    with pytest.raises(ApiError):
        await issuer.caller(token())


def test_keys_that_are_of_no_use() -> None:
    weak = rsa.generate_private_key(65_537, 1_024)  # noqa: S505 - that is the point
    other = ec.generate_private_key(ec.SECP384R1())
    useless = [
        public(weak, "weak"), public(other, "other curve"), public(CURVE, "encrypts", use="enc"),
        public(MODULUS, "another algorithm", alg="PS256"), {"kty": "oct", "k": "c2VjcmV0", "kid": "secret"},
        {"kty": "RSA", "kid": "broken", "n": "!"}, {"kid": "nothing"}, "no key", public(CURVE, "x") | {"kid": 7},
    ]  # fmt: skip
    found = usable_keys(json.dumps({"keys": [*useless, public(CURVE, "curve")]}).encode())
    assert set(found) == {"curve"}


def test_lifetimes_are_in_order() -> None:
    assert timedelta(seconds=COOLDOWN) < timedelta(seconds=FRESH) < timedelta(seconds=STALE)
