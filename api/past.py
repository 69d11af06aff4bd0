"""A customer as we knew her at a time: what the fields that are kept said, in the shape of the graph's answer."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from api.errors import ApiError, ErrorCode
from api.types.scalars import utc_text
from graph.past import CustomerThen, KnownValue
from graph.records import CustomerRecord, Scalar

GOLDEN = ("name", "birth_date", "national_id", "phone", "email")


def customer_then(then: CustomerThen) -> dict[str, Any]:
    """What the fields that are kept over time said; what was erased is left out. Raises ApiError NOT_FOUND."""
    if not then.members and not then.erased and then.golden is None:
        raise ApiError(ErrorCode.NOT_FOUND, "No customer had this id then.")
    golden = then.golden or {}
    return {
        "id": then.gcid,
        "gcid": then.gcid,
        "status": golden.get("status", "current"),
        "party_type": golden.get("party_type"),
        **{name: _golden(golden, name) for name in GOLDEN},
        "source_records": [_record(record) for record in then.records],
        "identifiers": list(_identifiers(then)),
        "links": list(_links(then)),
        "quarantined": list(_refused(then)),
    }


def _golden(golden: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    if golden.get(name) is None:
        return None
    at = golden.get(f"{name}_updated_at")
    return {
        "value": golden[name],
        "masked": golden.get(f"{name}_masked"),
        "source": golden.get(f"{name}_source"),
        "updated_at": utc_text(datetime.fromisoformat(at)) if at else None,
    }


def _record(record: CustomerRecord) -> dict[str, Any]:
    system, entity, _ = record.key.split("|", 2)
    return {
        "key": record.key,
        "system": system,
        "entity": entity,
        "full_name": record.full_name,
        "birth_date": record.birth_date,
        "party_type": record.party_type.value,
        "created_at": record.created_at,
        "updated_at": record.updated_at,
        "attributes": [{"name": name, "value": _spell(said)} for name, said in sorted(record.attributes.items())],
    }


def _identifiers(then: CustomerThen) -> Iterator[dict[str, Any]]:
    """Each value once, with those of her records that held it verified."""
    holders: dict[str, list[str]] = {}
    values: dict[str, KnownValue] = {}
    for held in then.identifiers:
        if held.value.key is not None and held.record is not None and not held.claimed:
            values[held.value.key] = held.value
            holders.setdefault(held.value.key, []).append(held.record)
    for key, value in values.items():
        yield {
            "kind": value.kind,
            "value": value.value,
            "masked": value.masked,
            "country": value.country,
            "placeholder": value.placeholder,
            "held_by": sorted(holders[key]),
        }


def _links(then: CustomerThen) -> Iterator[dict[str, Any]]:
    for link in then.links:
        if link.a and link.b:
            ends = {"a": min(link.a, link.b), "b": max(link.a, link.b)}
            yield ends | {
                "kind": link.kind,
                "identifier": link.value and link.value.masked,
                "stage": link.stage,
                "since": link.since,
            }


def _refused(then: CustomerThen) -> Iterator[dict[str, Any]]:
    for link in then.refused:
        if link.a and link.b:
            ends = {"a": min(link.a, link.b), "b": max(link.a, link.b)}
            yield ends | {
                "kind": link.kind,
                "identifier": link.value and link.value.masked,
                "reason": link.reason,
                "inside": link.inside,
                "since": link.since,
            }


def _spell(said: Scalar) -> str | None:
    """As the graph spells a property as text."""
    match said:
        case None:
            return None
        case bool():
            return str(said).lower()
        case datetime():
            return utc_text(said)
        case date():
            return said.isoformat()
        case _:
            return str(said)
