"""A national identity number, unique within the country that issued it; a value without a digit is none."""

from graph.identifiers.base import IdentifierKind, document_number, mask_tail

NATIONAL_ID = IdentifierKind(name="NationalId", weak=False, by_country=True, normalise=document_number, mask=mask_tail)
