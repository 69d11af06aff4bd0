"""Records as rows for the ``load_*`` statements: own properties, edges by key, references by number."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any

from graph.business import (
    AccountRecord,
    AlertRecord,
    DeviceRecord,
    LoginRecord,
    Reference,
    ScoreRecord,
    SightingRecord,
    TransactionRecord,
)
from graph.records import CustomerRecord, SourceRecord, system_of
from graph.resolution.names import canonical_name

ACCOUNT_NUMBER = "account.number"
TRANSACTION_REFERENCE = "transaction.reference"
REFERS_TO = "REFERS_TO"


@dataclass(frozen=True, slots=True)
class Kind:
    """The statements for one kind of record: what is stored of it, and how it is written."""

    stored: str
    write: str


KINDS: Mapping[type[SourceRecord], Kind] = MappingProxyType(
    {
        CustomerRecord: Kind("load_stored_customers", "load_customers"),
        AccountRecord: Kind("load_stored_accounts", "load_accounts"),
        TransactionRecord: Kind("load_stored_transactions", "load_transactions"),
        SightingRecord: Kind("load_stored_sightings", "load_sightings"),
        DeviceRecord: Kind("load_stored_devices", "load_devices"),
        LoginRecord: Kind("load_stored_logins", "load_logins"),
        AlertRecord: Kind("load_stored_alerts", "load_alerts"),
        ScoreRecord: Kind("load_stored_scores", "load_scores"),
    }
)

# What a record says by an edge or by nodes of its own is not repeated as a property.
EDGES_SAY = frozenset(
    {"owner", "role", "account", "counterparty", "of", "customer", "device", "about", "identifiers", "invalid"}
)


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge that a record's own row says; ``start`` and ``end`` are keys.

    ``role`` is the owner's role, or what a reference is for: COUNTERPARTY, OF or ABOUT.
    """

    type: str
    start: str
    end: str
    role: str | None = None


def properties_of(record: SourceRecord, content: str, step: int) -> dict[str, Any]:
    """The node's own properties; ``content`` is the record's hash."""
    named = {item.name: getattr(record, item.name) for item in fields(record) if item.name not in EDGES_SAY}
    if isinstance(record, CustomerRecord):
        named |= {f"said_{name}": value for name, value in named.pop("attributes").items()}
        named |= {
            "entity": record.key.split("|", 2)[1],
            "party_type": record.party_type.value,
            "canonical_name": canonical_name(record.full_name),
            "invalid_kinds": [value.kind for value in record.invalid],
            "invalid_raws": [value.raw for value in record.invalid],
            "due": step,  # for resolution
        }
    return named | {"system": system_of(record.key), "hash": content, "step": step}


def edges_of(record: SourceRecord) -> tuple[Edge, ...]:
    """The edges within the record's own source, by key."""
    key = record.key
    match record:
        case AccountRecord(owner=str(owner), role=role):
            return (Edge("OWNS", owner, key, role),)
        case TransactionRecord(account=account):
            return (Edge("POSTED", account, key),)
        case DeviceRecord(owner=str(owner)):
            return (Edge("REGISTERED", owner, key),)
        case LoginRecord(customer=customer, device=device):
            login = Edge("LOGGED_IN", customer, key)
            return (login, Edge("FROM", key, device)) if device else (login,)
        case AlertRecord(customer=str(customer)):
            return (Edge("ABOUT", key, customer),)
        case ScoreRecord(customer=customer):
            return (Edge("SCORED", customer, key),)
        case _:
            return ()


def references_of(record: SourceRecord) -> tuple[tuple[Edge, Reference], ...]:
    """What the record refers to by number, each with the edge that keeps it as evidence."""
    match record:
        case TransactionRecord(counterparty=Reference() as reference):
            named = {reference.key: ("COUNTERPARTY", reference)}
        case SightingRecord(of=reference):
            named = {reference.key: ("OF", reference)}
        case AlertRecord(about=references):
            named = {reference.key: ("ABOUT", reference) for reference in references}
        case _:
            named = {}
    return tuple((Edge(REFERS_TO, record.key, key, role), reference) for key, (role, reference) in named.items())


def number_of(record: SourceRecord) -> str | None:
    """The number by which others may refer to the record."""
    match record:
        case AccountRecord(number=number):
            return number
        case TransactionRecord(reference=number):
            return number
        case _:
            return None


def references_to(record: SourceRecord, number: str | None) -> tuple[str, ...]:
    """The keys of the references that the record may answer under this number; they need not exist."""
    if number is None:
        return ()
    to = ACCOUNT_NUMBER if isinstance(record, AccountRecord) else TRANSACTION_REFERENCE
    return tuple(Reference(to=to, value=number, system=system).key for system in (None, system_of(record.key)))
