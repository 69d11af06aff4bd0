"""A telephone number in E.164 form, whichever way it was written."""

import re
import unicodedata

import phonenumbers

from graph.identifiers.base import IdentifierKind, mask_tail

_WRITTEN = re.compile(r"\+?[0-9]{4,20}")
# Kenya's mobile ranges in their four plain forms. They are nearly all of a Kenyan bank's phones, and fifty times
# faster this way; a test holds the answer against phonenumbers.
_KENYAN_MOBILE = re.compile(r"(?:\+254|254|0)?((?:7[0-9]{2}|1(?:0[0-8]|1[0-9]|2[014]|3[05-9]|4[0-6]|8[0-9]))[0-9]{6})")


def normalise(text: str, country: str | None) -> str | None:
    digits = _without_punctuation(text)
    if digits is None:
        return None
    if country == "KE" and (mobile := _KENYAN_MOBILE.fullmatch(digits)):
        return f"+254{mobile[1]}"
    return parse(digits, country)


def parse(digits: str, country: str | None) -> str | None:
    """E.164 by phonenumbers, or None if the number is not valid in the country that it names or defaults to."""
    try:
        number = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _without_punctuation(text: str) -> str | None:
    """Digits with at most a leading plus.

    Letters, slashes and other signs make the value invalid: phonenumbers would read them as a keypad, an extension
    or a second number, which is guessing. ``00`` is the international prefix nearly everywhere; Kenya's own ``000``
    is left to phonenumbers.
    """
    kept = []
    for char in unicodedata.normalize("NFKC", text):
        if char in "+0123456789":
            kept.append(char)
        elif char not in "()." and unicodedata.category(char) not in ("Zs", "Pd"):
            return None
    digits = "".join(kept)
    if digits.startswith("00") and not digits.startswith("000"):
        digits = f"+{digits[2:]}"
    return digits if _WRITTEN.fullmatch(digits) else None


PHONE = IdentifierKind(name="Phone", weak=True, by_country=False, normalise=normalise, mask=mask_tail)
