"""An e-mail address, compared without case: no bank keeps two customers apart by the case of an address."""

import unicodedata

from email_validator import EmailNotValidError, validate_email

from graph.identifiers.base import IdentifierKind

MAX_LENGTH = 254  # RFC 5321
# Reserved by RFC 6761 and 6762, so the validator refuses them. Banks' sources write them all the same, as placeholders
# and for test customers: values to show, and to recognise.
_RESERVED = frozenset({"local", "test"})


def normalise(text: str, country: str | None) -> str | None:
    if len(text) > MAX_LENGTH:
        return None
    site, _, suffix = text.rpartition(".")
    reserved = suffix.casefold() in _RESERVED
    try:
        address = validate_email(
            f"{site}.com" if reserved else text, check_deliverability=False, strict=True
        ).normalized
    except EmailNotValidError:
        return None
    if reserved:
        address = f"{address.removesuffix('com')}{suffix}"
    folded = unicodedata.normalize("NFC", address.casefold())
    return folded if len(folded) <= MAX_LENGTH else None


def mask(value: str) -> str:
    local, _, domain = value.rpartition("@")
    return f"{local[:1]}***@{domain[:1]}***"


EMAIL = IdentifierKind(name="Email", weak=True, by_country=False, normalise=normalise, mask=mask)
