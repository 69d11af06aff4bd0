"""A taxpayer's number. Kenya's (KRA PIN) is A for a person or P for a company, nine digits and a letter.

python-stdnum checks no more than this shape, and accepts ``|`` as the first character.
"""

import re

from graph.identifiers.base import IdentifierKind, document_number, mask_tail

_KENYA = re.compile(r"[AP][0-9]{9}[A-Z]")


def normalise(text: str, country: str | None) -> str | None:
    number = document_number(text)
    if number and country == "KE" and not _KENYA.fullmatch(number):
        return None
    return number


TAX_PIN = IdentifierKind(name="TaxPin", weak=False, by_country=True, normalise=normalise, mask=mask_tail)
