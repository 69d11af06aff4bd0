"""What an identifier kind is, and two rules that several kinds share: cleaning a document number, masking a tail."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

MIN_DOCUMENT, MAX_DOCUMENT = 4, 32
_DOCUMENT = re.compile(r"(?=.*[0-9])[0-9A-Z][0-9A-Z/.]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierKind:
    """One kind of identifier; its ``name`` is also the label of its nodes.

    ``weak`` kinds (contacts) may be shared by people who have nothing to do with each other, so that names are
    compared before they link. ``by_country`` kinds are numbers that only an issuing country makes unique.
    ``normalise`` gets stripped text without control characters and the source's ISO 3166 alpha-2 country, and
    answers the normal form, or None if the text is no such identifier. ``mask`` makes a normal form fit to show.
    A ``derived`` kind is made of what a record says: no source writes it.
    """

    name: str
    weak: bool
    by_country: bool
    normalise: Callable[[str, str | None], str | None]
    mask: Callable[[str], str]
    derived: bool = False


def document_number(text: str, country: str | None = None) -> str | None:
    """Upper case without spaces and dashes; letters and leading zeros stay, because they may tell two people apart."""
    folded = unicodedata.normalize("NFKC", text).upper()
    number = "".join(char for char in folded if unicodedata.category(char) not in ("Zs", "Pd"))
    if not MIN_DOCUMENT <= len(number) <= MAX_DOCUMENT:
        return None
    return number if _DOCUMENT.fullmatch(number) else None


def mask_tail(value: str) -> str:
    """At most the last four characters, and never more than a third of the value."""
    shown = min(4, len(value) // 3)
    return f"***{value[-shown:]}" if shown else "***"
