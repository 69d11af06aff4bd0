"""A driving licence's number, unique within the country that issued it."""

from graph.identifiers.base import IdentifierKind, document_number, mask_tail

DRIVING_LICENCE = IdentifierKind(
    name="DrivingLicence", weak=False, by_country=True, normalise=document_number, mask=mask_tail
)
