"""The golden record: for each field the value that survives among a customer's records, and where it comes from.

Records are compared by their source's trust, then by how recently they changed, then by how complete they are, then
by key; each field is taken from the first that has it, so that one good record with a gap does not lose the field.
What a steward says of a field stands above all records.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from graph.identifiers import KINDS
from graph.records import CustomerRecord, PartyType, system_of
from graph.resolution.names import canonical_name

# Field of the golden record, and the kind of identifier that fills it.
IDENTIFIER_FIELDS: Mapping[str, str] = {"national_id": "NationalId", "phone": "Phone", "email": "Email"}
FIELDS = ("name", "birth_date", "party_type", *IDENTIFIER_FIELDS)
DECISION = "decision|"  # how the source of a field begins that a steward corrected
_NEVER = datetime.min.replace(tzinfo=UTC)

Value = str | date


@dataclass(frozen=True, slots=True, kw_only=True)
class Survivor:
    """A field's value with its provenance. ``masked`` is given for identifiers."""

    value: Value
    source: str  # key of the record, or ``decision|<id>``
    updated_at: datetime | None
    masked: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a steward's standing *correct* says of a field, as text; ids ascend in the order of the ledger."""

    id: int
    field: str
    content: str
    at: datetime

    def survivor(self) -> Survivor:
        kind = IDENTIFIER_FIELDS.get(self.field)
        return Survivor(
            value=parse_field(self.field, self.content),
            source=f"{DECISION}{self.id}",
            updated_at=self.at,
            masked=KINDS[kind].mask(self.content) if kind else None,
        )


def parse_field(field: str, content: str) -> Value:
    """A field's value from the text of a correction. Raises ValueError for a text that is no such value."""
    if field not in FIELDS:
        raise ValueError(f"A customer has no field {field!r}: choose one of {', '.join(FIELDS)}.")
    if field == "birth_date":
        return date.fromisoformat(content)
    return PartyType(content).value if field == "party_type" else content


@dataclass(frozen=True, slots=True)
class _Said:
    value: Value
    masked: str | None = None


def golden_record(
    records: Sequence[CustomerRecord], trust: Mapping[str, float], corrections: Iterable[Correction] = ()
) -> dict[str, Survivor]:
    """Survivors by field, in the order of `FIELDS`; a field that no record has is absent.

    ``trust`` is by source system, higher is better, 0 where a system is not named. Missing are placeholder names
    ("Customer 17"), an unknown party type, and identifiers that are unverified or placeholders. Of several
    ``corrections`` of a field the newest holds.
    """
    corrected = {it.field: it for it in sorted(corrections, key=lambda it: it.id)}
    said = {record.key: _said(record) for record in records}

    def order(record: CustomerRecord) -> tuple[float, float, int, str]:
        changed = ((record.updated_at or _NEVER) - _NEVER).total_seconds()
        return -trust.get(system_of(record.key), 0), -changed, -len(said[record.key]), record.key

    ranked = sorted(records, key=order)
    survivors: dict[str, Survivor] = {}
    for field in FIELDS:
        if field in corrected:
            survivors[field] = corrected[field].survivor()
            continue
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
    """The first good value of each kind: identifiers come in the order in which the source names them."""
    for field, kind in IDENTIFIER_FIELDS.items():
        for value in record.identifiers:
            if value.kind == kind and value.verified and not value.placeholder:
                yield field, _Said(value.value, value.masked)
                break
