"""Bearer tokens: what they must say, and those of the local issuer: JWT signed with ES256, by whoever keeps the key."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import inf

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

ALGORITHM = "ES256"  # of the local issuer
ISSUER = "wekeza"
AUDIENCE = "wekeza-api"
LEEWAY_SECONDS = 5
REQUIRED = ["exp", "iat", "iss", "aud", "sub", "role"]
MAX_SUBJECT = 200  # characters


PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


class Role(StrEnum):
    SERVICE = "service"
    ANALYST = "analyst"
    INVESTIGATOR = "investigator"
    STEWARD = "steward"
    PRIVACY_OFFICER = "privacy_officer"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as a valid token says."""

    subject: str
    role: Role
    expires: float = field(default=inf, compare=False)  # when the token does, in seconds since 1970


class InvalidToken(Exception):
    """The message says what is wrong with a token, without quoting it."""


def new_signing_key() -> str:
    """A fresh private key as PEM text; the caller keeps it in a file that only its user can read."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def verification_key(signing_key: str) -> str:
    """The public half, as PEM text: all that the service needs to verify.

    Raises ValueError where the text is not the private key of an elliptic curve.
    """
    try:
        key = load_pem_private_key(signing_key.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as fault:
        raise ValueError("The signing key is not an unencrypted private key in PEM form.") from fault
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("The signing key is not one of an elliptic curve, which ES256 needs.")
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def load_verification_key(text: str) -> ec.EllipticCurvePublicKey:
    """Raises ValueError where the text is not the public key of an elliptic curve in PEM form."""
    try:
        key = load_pem_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm) as fault:
        raise ValueError("The verification key is not a public key in PEM form.") from fault
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise ValueError("The verification key is not one of an elliptic curve, which ES256 needs.")
    return key


def issue_token(signing_key: str, subject: str, role: Role, lifetime: timedelta) -> str:
    now = datetime.now(UTC)
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": subject, "role": role.value, "iat": now, "exp": now + lifetime}
    return jwt.encode(claims | {"jti": secrets.token_hex(8)}, signing_key, algorithm=ALGORITHM)


def verify_token(public_key: ec.EllipticCurvePublicKey, token: str) -> Caller:
    """The caller that a token of the local issuer names; raises InvalidToken."""
    return read_caller(token, public_key, ALGORITHM, issuer=ISSUER, audience=AUDIENCE)


def read_caller(token: str, key: PublicKey, algorithm: str, *, issuer: str, audience: str) -> Caller:
    """Raises InvalidToken for a wrong signature, algorithm, issuer, audience or role, and when it has expired.

    The algorithm is the key's, whatever the token's header says.
    """
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            audience=audience,
            issuer=issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": REQUIRED},
        )
        if not 0 < len(claims["sub"]) <= MAX_SUBJECT:
            raise InvalidToken("The token's subject is empty or too long.")
        return Caller(subject=claims["sub"], role=Role(claims["role"]), expires=float(claims["exp"]))
    except jwt.ExpiredSignatureError as fault:
        raise InvalidToken("The token has expired: ask for a new one.") from fault
    except jwt.InvalidAudienceError as fault:
        raise InvalidToken("The token is for another service.") from fault
    except jwt.PyJWTError as fault:
        raise InvalidToken("The token is not one that this service accepts.") from fault
    except ValueError as fault:
        raise InvalidToken("The token names a role that does not exist.") from fault
