"""Records as rows for the ``load_*`` statements: own properties, edges by key, references by number."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from graph.business import (
    AccountRecord,
    ActivityRecord,
    AggregateRecord,
    AlertRecord,
    CardRecord,
    CaseRecord,
    ConsentRecord,
    DeviceRecord,
    LoanRecord,
    LoginRecord,
    PartnerRecord,
    Reference,
    ReportRecord,
    RoleRecord,
    ScoreRecord,
    SessionRecord,
    SightingRecord,
    TransactionRecord,
)
from graph.records import CustomerRecord, Departure, SourceRecord, system_of
from graph.relationships import HAS, JOINT, OWNS, relationship, role_relationship
from graph.resolution.names import canonical_name
from ledger.entries import CopiedKind

ACCOUNT_NUMBER = "account.number"
TRANSACTION_REFERENCE = "transaction.reference"
CUSTOMER_NUMBER = "customer.number"  # the attribute customer_number
CUSTOMER_NATIONAL_ID = "customer.national_id"  # verified
NATIONAL_ID = "NationalId"
REFERS_TO = "REFERS_TO"
JOINT_HOLDER = "joint_holder_of"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record: its label, and the statements that tell what is stored of it, and that write it."""

    label: str
    stored: str
    write: str


KINDS: Mapping[type[SourceRecord], Kind] = MappingProxyType(
    {
        CustomerRecord: Kind("SourceCustomer", "load_stored_customers", "load_customers"),
        AccountRecord: Kind("Account", "load_stored_accounts", "load_accounts"),
        TransactionRecord: Kind("Transaction", "load_stored_transactions", "load_transactions"),
        SightingRecord: Kind("Sighting", "load_stored_sightings", "load_sightings"),
        DeviceRecord: Kind("Device", "load_stored_devices", "load_devices"),
        LoginRecord: Kind("Login", "load_stored_logins", "load_logins"),
        AlertRecord: Kind("FraudAlert", "load_stored_alerts", "load_alerts"),
        ScoreRecord: Kind("RiskScore", "load_stored_scores", "load_scores"),
        LoanRecord: Kind("Loan", "load_stored_loans", "load_loans"),
        CardRecord: Kind("Card", "load_stored_cards", "load_cards"),
        RoleRecord: Kind("Role", "load_stored_roles", "load_roles"),
        SessionRecord: Kind("Session", "load_stored_sessions", "load_sessions"),
        CaseRecord: Kind("Case", "load_stored_cases", "load_cases"),
        ActivityRecord: Kind("Activity", "load_stored_activities", "load_activities"),
        AggregateRecord: Kind("Aggregate", "load_stored_aggregates", "load_aggregates"),
        ReportRecord: Kind("Report", "load_stored_reports", "load_reports"),
        PartnerRecord: Kind("Partner", "load_stored_partners", "load_partners"),
        ConsentRecord: Kind("Consent", "load_stored_consents", "load_consents"),
    }
)

# The fields that name another record by its key, or several by theirs, and of which kind these are.
NAMED: Mapping[str, type[SourceRecord]] = MappingProxyType(
    {
        **dict.fromkeys(("owner", "customer", "customers", "holder", "borrower"), CustomerRecord),
        **dict.fromkeys(("account", "accounts"), AccountRecord),
        "device": DeviceRecord,
        "partner": PartnerRecord,
    }
)
_NAMED = {kind: [(item.name, NAMED[item.name]) for item in fields(kind) if item.name in NAMED] for kind in KINDS}

# What a record says by an edge or by nodes of its own is not repeated as a property.
EDGES_SAY = frozenset({*NAMED, "counterparty", "of", "about", "identifiers", "invalid"})

# The kinds that the relational copy holds besides customer records.
COPIED: Mapping[type[SourceRecord], CopiedKind] = MappingProxyType(
    {
        AccountRecord: CopiedKind.ACCOUNT,
        TransactionRecord: CopiedKind.TRANSACTION,
        SightingRecord: CopiedKind.SIGHTING,
        ScoreRecord: CopiedKind.SCORE,
    }
)


class Edge(NamedTuple):
    """An edge that a record's own row says; ``start`` and ``end`` are keys.

    ``role`` is the owner's role, what a reference is for (COUNTERPARTY, OF or ABOUT), or a source's word for a role.
    ``by`` is the key of the role that says it, which is neither end.
    """

    type: str
    start: str
    end: str
    role: str | None = None
    by: str | None = None


def kind_of(record: SourceRecord | Departure) -> type[SourceRecord]:
    return record.kind if isinstance(record, Departure) else type(record)


def properties_of(record: SourceRecord, content: str, step: int, at: datetime | None = None) -> dict[str, Any]:
    """The node's own properties; ``content`` is the record's hash, ``at`` is now."""
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
    if isinstance(record, AccountRecord):
        del named["role"]  # its owner's edge says it
    if isinstance(record, RoleRecord) and lasts(record, at):
        named["ends"] = record.until  # an edge says it until then
    return named | {"system": system_of(record.key), "hash": content, "step": step}


def named_by(record: SourceRecord) -> dict[str, type[SourceRecord]]:
    """The keys of the records that the record names, which may not have arrived, and of which kind they are."""
    said = ((getattr(record, name), kind) for name, kind in _NAMED[type(record)])
    return {key: kind for keys, kind in said for key in (keys if isinstance(keys, tuple) else (keys,)) if key}


def edges_of(record: SourceRecord, at: datetime | None = None) -> tuple[Edge, ...]:
    """The edges to the records that it names by key; without ``at``, which is now, also those of roles that ended."""
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
        case ScoreRecord(customer=str(customer)):
            return (Edge("SCORED", customer, key),)
        case ConsentRecord(customer=customer, partner=partner):
            return _present(("GRANTED", customer, key), ("TO", key, partner))
        case LoanRecord(borrower=borrower, account=account):
            return _present(("BORROWED", borrower, key), ("REPAID_FROM", key, account))
        case CardRecord(holder=holder, account=account):
            return _present(("CARRIES", holder, key), ("DRAWS_ON", key, account))
        case SessionRecord(customer=customer, device=device):
            return _present(("HAD_SESSION", customer, key), ("FROM", key, device))
        case CaseRecord(customer=customer):
            return _present(("ABOUT", key, customer))
        case ActivityRecord(customer=customer, account=account):
            return _present(("ON", key, customer), ("ON", key, account))
        case AggregateRecord(customer=customer, account=account):
            return _present(("SUMS_UP", key, customer), ("SUMS_UP", key, account))
        case ReportRecord(customers=customers, accounts=accounts):
            return tuple(Edge("COVERS", key, covered) for covered in dict.fromkeys((*customers, *accounts)))
        case RoleRecord(holder=holder, customer=customer, account=account):
            tied = _present(("PLAYS", holder, key), ("TOWARDS", key, customer), ("TOWARDS", key, account))
            return tied + (_typed(record) if lasts(record, at) else ())
        case _:
            return ()


def _present(*edges: tuple[str, str | None, str | None]) -> tuple[Edge, ...]:
    return tuple(Edge(type_, start, end) for type_, start, end in edges if start and end)


def lasts(role: RoleRecord, at: datetime | None) -> bool:
    return at is None or role.until is None or role.until > at


def _typed(role: RoleRecord) -> tuple[Edge, ...]:
    """What a person would type: (holder)-[:DIRECTOR_OF]->(customer)."""
    type_, holder, key = role_relationship(role.type), role.holder, role.key
    found = [Edge(type_, holder, customer, role.role, key) for customer in (role.customer,) if customer]
    if role.account and role.type == JOINT_HOLDER:
        found.append(Edge(OWNS, holder, role.account, JOINT, key))
    elif role.account:
        found.append(Edge(type_, holder, role.account, role.role, key))
    return tuple(found)


def references_of(record: SourceRecord) -> tuple[tuple[Edge, Reference], ...]:
    """What the record refers to by number, each with the edge that keeps it as evidence."""
    match record:
        case TransactionRecord(counterparty=Reference() as reference):
            named = {reference.key: ("COUNTERPARTY", reference)}
        case SightingRecord(of=reference):
            named = {reference.key: ("OF", reference)}
        case AlertRecord(about=references) | CaseRecord(about=references):
            named = {reference.key: ("ABOUT", reference) for reference in references}
        case ScoreRecord(about=references):
            named = {reference.key: ("SCORED", reference) for reference in references}
        case _:
            named = {}
    return tuple((Edge(REFERS_TO, record.key, key, role), reference) for key, (role, reference) in named.items())


def numbers_of(record: SourceRecord) -> frozenset[tuple[str, str]]:
    """The numbers by which others may refer to the record, each with what a reference calls it."""
    match record:
        case AccountRecord(number=str(number)):
            return frozenset({(ACCOUNT_NUMBER, number)})
        case TransactionRecord(reference=str(number)):
            return frozenset({(TRANSACTION_REFERENCE, number)})
        case CustomerRecord(attributes=said, identifiers=values):
            named = said.get("customer_number")
            documents = {it.key for it in values if it.kind == NATIONAL_ID and it.verified and not it.placeholder}
            return _customer_numbers(None if named is None else str(named), documents)
        case _:
            return frozenset()


def stored_numbers(kind: type[SourceRecord], stored: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    """The same of what is stored of a record, a row of its ``load_stored_*``."""
    number = stored.get("number")
    if kind is CustomerRecord:
        held = relationship(NATIONAL_ID, HAS)
        documents = {it["identifier"] for it in stored.get("holdings", ()) if it["type"] == held}
        return _customer_numbers(number, documents)
    to = {AccountRecord: ACCOUNT_NUMBER, TransactionRecord: TRANSACTION_REFERENCE}.get(kind)
    return frozenset({(to, number)}) if to and number is not None else frozenset()


def _customer_numbers(number: str | None, documents: Iterable[str]) -> frozenset[tuple[str, str]]:
    found = {(CUSTOMER_NATIONAL_ID, document) for document in documents}
    return frozenset(found | {(CUSTOMER_NUMBER, number)} if number else found)


def references_to(key: str, numbers: Iterable[tuple[str, str]]) -> frozenset[str]:
    """The keys of the references that the record of this key may answer to by these numbers; they need not exist."""
    systems = (None, system_of(key))
    return frozenset(Reference(to=to, value=value, system=it).key for to, value in numbers for it in systems)
