"""The golden record: for each field the value that survives among a customer's records, and where it comes from.

Records are compared by their source's trust, then by how recently they changed, then by how complete they are, then
by key; each field is taken from the first that has it, so that one good record with a gap does not lose the field.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from graph.records import CustomerRecord, PartyType, system_of
from graph.resolution.names import canonical_name

# Field of the golden record, and the kind of identifier that fills it.
IDENTIFIER_FIELDS: Mapping[str, str] = {"national_id": "NationalId", "phone": "Phone", "email": "Email"}
FIELDS = ("name", "birth_date", "party_type", *IDENTIFIER_FIELDS)
_NEVER = datetime.min.replace(tzinfo=UTC)

Value = str | date


@dataclass(frozen=True, slots=True, kw_only=True)
class Survivor:
    """A field's value with its provenance. ``masked`` is given for identifiers."""

    value: Value
    source: str  # key of the record
    updated_at: datetime | None
    masked: str | None = None


@dataclass(frozen=True, slots=True)
class _Said:
    value: Value
    masked: str | None = None


def golden_record(records: Sequence[CustomerRecord], trust: Mapping[str, float]) -> dict[str, Survivor]:
    """Survivors by field, in the order of `FIELDS`; a field that no record has is absent.

    ``trust`` is by source system, higher is better, 0 where a system is not named. Missing are placeholder names
    ("Customer 17"), an unknown party type, and identifiers that are unverified or placeholders.
    """
    said = {record.key: _said(record) for record in records}

    def order(record: CustomerRecord) -> tuple[float, float, int, str]:
        changed = ((record.updated_at or _NEVER) - _NEVER).total_seconds()
        return -trust.get(system_of(record.key), 0), -changed, -len(said[record.key]), record.key

    ranked = sorted(records, key=order)
    survivors: dict[str, Survivor] = {}
    for field in FIELDS:
        for record in ranked:
            if field in said[record.key]:
                best = said[record.key][field]
                survivors[field] = Survivor(
                    value=best.value, source=record.key, updated_at=record.updated_at, masked=best.masked
                )
                break
    return survivors


def _said(record: CustomerRecord) -> dict[str, _Said]:
    """The fields that the record has, in values fit to survive."""
    said: dict[str, _Said] = {}
    if record.full_name and canonical_name(record.full_name) is not None:
        said["name"] = _Said(record.full_name.strip())
    if record.birth_date is not None:
        said["birth_date"] = _Said(record.birth_date)
    if record.party_type is not PartyType.UNKNOWN:
        said["party_type"] = _Said(record.party_type)
    said.update(_identifiers(record))
    return said


def _identifiers(record: CustomerRecord) -> Iterable[tuple[str, _Said]]:
    """The first good value of each kind: a source's mapping names the primary one first."""
    for field, kind in IDENTIFIER_FIELDS.items():
        for value in record.identifiers:
            if value.kind == kind and value.verified and not value.placeholder:
                yield field, _Said(value.value, value.masked)
                break
