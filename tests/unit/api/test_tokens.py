from datetime import UTC, datetime, timedelta

import jwt
import pytest

from api.tokens import (
    AUDIENCE,
    ISSUER,
    Caller,
    InvalidToken,
    Role,
    issue_token,
    load_verification_key,
    new_signing_key,
    verification_key,
    verify_token,
)

KEY = new_signing_key()
PUBLIC = load_verification_key(verification_key(KEY))
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("role", Role)
def test_what_is_issued_is_accepted(role: Role) -> None:
    assert verify_token(PUBLIC, issue_token(KEY, "amina", role, HOUR)) == Caller("amina", role)


def test_two_tokens_are_never_the_same() -> None:
    assert issue_token(KEY, "a", Role.SERVICE, HOUR) != issue_token(KEY, "a", Role.SERVICE, HOUR)


@pytest.mark.parametrize("missing", ["exp", "iat", "iss", "aud", "sub", "role"])
def test_every_claim_is_needed(missing: str) -> None:
    now = datetime.now(UTC)
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "a", "role": "service", "iat": now, "exp": now + HOUR}
    assert verify_token(PUBLIC, jwt.encode(claims, KEY, algorithm="ES256"))
    del claims[missing]
    with pytest.raises(InvalidToken):
        verify_token(PUBLIC, jwt.encode(claims, KEY, algorithm="ES256"))


def test_an_expired_token_says_so() -> None:
    with pytest.raises(InvalidToken, match="expired"):
        verify_token(PUBLIC, issue_token(KEY, "a", Role.SERVICE, timedelta(seconds=-60)))


def test_the_public_key_is_no_password() -> None:
    """The classic confusion: a token signed with HS256, as if the key were one for both sides."""
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "a", "role": "service", "iat": 1, "exp": 4_000_000_000}
    # PyJWT refuses to use a PEM as a secret; what counts is that no secret makes HS256 acceptable
    forged = jwt.encode(claims, "thirty-two characters of secret!", algorithm="HS256")
    with pytest.raises(InvalidToken):
        verify_token(PUBLIC, forged)


def test_messages_never_quote_the_token() -> None:
    token = issue_token(new_signing_key(), "secret-subject", Role.SERVICE, HOUR)
    with pytest.raises(InvalidToken) as raised:
        verify_token(PUBLIC, token)
    assert token not in str(raised.value)
    assert "secret-subject" not in str(raised.value)


@pytest.mark.parametrize("text", ["", "nonsense", verification_key(KEY)])
def test_a_signing_key_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="signing key"):
        verification_key(text)


@pytest.mark.parametrize("text", ["", "nonsense", KEY])
def test_a_verification_key_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="verification key"):
        load_verification_key(text)
