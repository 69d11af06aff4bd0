"""A document number whose type the source does not tell (a national id, a passport, …)."""

from graph.identifiers.base import IdentifierKind, document_number, mask_tail

DOCUMENT = IdentifierKind(name="Document", weak=False, by_country=True, normalise=document_number, mask=mask_tail)
