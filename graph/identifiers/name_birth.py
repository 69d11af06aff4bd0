"""A birth date with the phonetic codes of two words of a name: a person's own, for sources that know little else.

No source writes it; `graph.resolution.derived` makes it of a record's name and birth date. Namesakes share birthdays,
so it is as weak as a contact, and a policy that counts on it has to ask for agreeing names besides.
"""

import re
from datetime import date

from graph.identifiers.base import IdentifierKind

_WRITTEN = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}) ([^ ]+) ([^ ]+)")


def normalise(text: str, country: str | None) -> str | None:
    """``1980-05-01 JN WNJK``, and nothing else: the codes ascend."""
    written = _WRITTEN.fullmatch(text)
    if written is None or written[2] > written[3]:
        return None
    try:
        date.fromisoformat(written[1])
    except ValueError:
        return None
    return text


def mask(value: str) -> str:
    """Nothing is shown: half of a name and a birth year are as good as both."""
    return "***"


NAME_BIRTH = IdentifierKind(name="NameBirth", weak=True, by_country=False, normalise=normalise, mask=mask, derived=True)
