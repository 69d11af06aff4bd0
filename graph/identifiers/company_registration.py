"""A company's number in the register of its country: PVT-AAAA1234, CPR/2010/23456, C.12345."""

from graph.identifiers.base import IdentifierKind, document_number, mask_tail

COMPANY_REGISTRATION = IdentifierKind(
    name="CompanyRegistration", weak=False, by_country=True, normalise=document_number, mask=mask_tail
)
