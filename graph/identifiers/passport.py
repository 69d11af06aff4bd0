"""A passport number: letters and digits only, as ICAO 9303 prints it in the machine-readable zone."""

from graph.identifiers.base import IdentifierKind, document_number, mask_tail

MIN_LENGTH, MAX_LENGTH = 5, 9


def normalise(text: str, country: str | None) -> str | None:
    number = document_number(text)
    return number if number and number.isalnum() and MIN_LENGTH <= len(number) <= MAX_LENGTH else None


PASSPORT = IdentifierKind(name="Passport", weak=False, by_country=True, normalise=normalise, mask=mask_tail)
