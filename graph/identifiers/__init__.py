"""Identifier kinds and the one way from what a source wrote to a value that can be compared."""

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType

from graph.identifiers.base import IdentifierKind
from graph.identifiers.company_registration import COMPANY_REGISTRATION
from graph.identifiers.document import DOCUMENT
from graph.identifiers.driving_licence import DRIVING_LICENCE
from graph.identifiers.email import EMAIL
from graph.identifiers.name_birth import NAME_BIRTH
from graph.identifiers.national_id import NATIONAL_ID
from graph.identifiers.passport import PASSPORT
from graph.identifiers.phone import PHONE
from graph.identifiers.placeholders import load_placeholders
from graph.identifiers.tax_pin import TAX_PIN
from graph.records import IdentifierValue, InvalidValue

__all__ = ["KINDS", "NORMALISER_VERSION", "IdentifierKind", "normalise"]

KINDS: Mapping[str, IdentifierKind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            NATIONAL_ID,
            PASSPORT,
            TAX_PIN,
            DRIVING_LICENCE,
            COMPANY_REGISTRATION,
            DOCUMENT,
            PHONE,
            EMAIL,
            NAME_BIRTH,
        )
    }
)
NORMALISER_VERSION = 1  # raised by whoever changes a normal form: stored values must then be made anew
MAX_RAW = 320  # characters; longer than the longest e-mail address, and short enough to keep in a cache


def normalise(
    kind: str, raw: str | None, country: str | None, *, verified: bool = True
) -> IdentifierValue | InvalidValue | None:
    """The normal form of ``raw``, which a source of ``country`` (ISO 3166 alpha-2) wrote; None if it is blank.

    Never raises for bad text: what cannot be normalised comes back as an ``InvalidValue``. An unknown kind is a
    mistake of the caller's and raises ``KeyError``.
    """
    if raw is None or not (text := raw.strip()):
        return None
    if len(raw) > MAX_RAW:
        return InvalidValue(kind=kind, raw=raw)
    found = _normalised(kind, text, country.upper() if country else None)
    if found is None:
        return InvalidValue(kind=kind, raw=raw)
    return found if found.raw == raw and verified else replace(found, raw=raw, verified=verified)


@lru_cache(maxsize=1 << 16)
def _normalised(name: str, text: str, country: str | None) -> IdentifierValue | None:
    kind = KINDS[name]
    value = kind.normalise(text, country) if _printable(text) else None
    if value is None:
        return None
    return IdentifierValue(
        kind=name,
        value=value,
        raw=text,
        country=country if kind.by_country else None,
        placeholder=value in load_placeholders()[name],
        masked=kind.mask(value),
    )


def _printable(text: str) -> bool:
    """No control, format or surrogate characters: they cannot be seen, so two values could look the same."""
    if text.isascii():
        return text.isprintable()
    return not any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in text)
