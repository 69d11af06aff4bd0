"""What a customer record said, as JSON for the ledger's personal tables, and back: an exact round trip.

JSON has no dates, PostgreSQL's has neither NUL nor negative zero and spells large floats as integers: such values are
written as an object with one member, whose name tells what it is.
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import date, datetime
from typing import Any

from graph.records import CustomerRecord, IdentifierValue, Invalid, InvalidValue, PartyType, Scalar

NUL = "\x00"


def say(record: CustomerRecord) -> dict[str, Any]:
    """The record as JSON, without fields that say nothing."""
    said = _fields(record) | {
        "identifiers": [_fields(value) for value in record.identifiers],
        "invalid": [_fields(value) for value in record.invalid],
        "attributes": {name: _written(value) for name, value in record.attributes.items()},
    }
    return {name: value for name, value in said.items() if value not in ([], {})}


def hear(said: Mapping[str, Any]) -> CustomerRecord:
    """The record that `say` wrote. Raises TypeError or ValueError for anything else."""
    plain = {name: _read(value) for name, value in said.items() if name not in _PARTS}
    identifiers = [{name: _read(value) for name, value in each.items()} for each in said.get("identifiers", ())]
    invalid = [{name: _read(value) for name, value in each.items()} for each in said.get("invalid", ())]
    return CustomerRecord(
        **plain | {"party_type": PartyType(plain["party_type"])},
        identifiers=tuple(IdentifierValue(**each) for each in identifiers),
        invalid=tuple(InvalidValue(**each | {"reason": Invalid(each["reason"])}) for each in invalid),
        attributes={name: _read(value) for name, value in said.get("attributes", {}).items()},
    )


_PARTS = frozenset({"identifiers", "invalid", "attributes"})
_ALWAYS = frozenset({"party_type", "reason"})
# The plain fields of each class, with what needs not be said.
_DEFAULTS: Mapping[type, tuple[tuple[str, Any], ...]] = {
    kind: tuple(
        (item.name, MISSING if item.name in _ALWAYS else item.default)
        for item in fields(kind)
        if item.name not in _PARTS
    )
    for kind in (CustomerRecord, IdentifierValue, InvalidValue)
}


def _fields(value: CustomerRecord | IdentifierValue | InvalidValue) -> dict[str, Any]:
    told = ((name, getattr(value, name), default) for name, default in _DEFAULTS[type(value)])
    return {name: _written(said) for name, said, default in told if said != default}


def _written(value: Scalar) -> Any:
    if value is None or type(value) in (bool, int):
        return value
    match value:
        case datetime():
            return {"instant": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case float():
            return {"float": repr(value)}
        case str() if NUL in value:
            return {"text": value.split(NUL)}
        case _:
            return str(value)  # of a StrEnum its text


def _read(value: Any) -> Any:
    match value:
        case {"instant": text}:
            return datetime.fromisoformat(text)
        case {"date": text}:
            return date.fromisoformat(text)
        case {"float": text}:
            return float(text)
        case {"text": parts}:
            return NUL.join(parts)
        case _:
            return value
