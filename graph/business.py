"""What customers have and do, as a source says it: holdings (accounts, loans, cards), roles, and events.

A key names another record of the same source, or of one that shares its ids; a `Reference` names something in any
source by a number.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A pointer by a number that only some system knows: resolved to one node, or to none and reported.

    ``to`` is ``"transaction.reference"``, ``"account.number"``, ``"customer.number"`` or ``"customer.national_id"``,
    whose value is the identifier's key. ``system`` narrows the search to one system.
    """

    to: str
    value: str
    system: str | None = None

    @property
    def key(self) -> str:
        return f"{self.to}|{self.system or '*'}|{self.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRecord:
    key: str
    number: str | None
    owner: str | None  # key of the owning record
    role: str = "holder"
    product: str | None = None
    status: str | None = None
    balance_minor: int | None = None
    available_minor: int | None = None
    currency: str | None = None
    opened_at: datetime | None = None
    authoritative: bool = True  # False: another system's account, copied
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionRecord:
    key: str
    account: str  # key of the account it is posted on
    reference: str | None
    type: str | None
    direction: str | None  # "credit" or "debit"; None where the source does not tell
    amount_minor: int | None
    currency: str | None
    status: str | None
    description: str | None
    at: datetime
    counterparty: Reference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SightingRecord:
    """A booking seen by a channel: one transaction has any number of sightings."""

    key: str
    of: Reference
    channel: str
    status: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRecord:
    key: str
    owner: str | None  # key of the record that registered it
    type: str | None = None
    operating_system: str | None = None
    app_version: str | None = None
    trusted: bool | None = None
    registered_at: datetime | None = None
    last_seen_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginRecord:
    key: str
    customer: str  # key of the record that logged in
    at: datetime
    successful: bool
    channel: str
    device: str | None = None  # key of the device
    failure_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRecord:
    key: str
    at: datetime
    customer: str | None = None  # key of the record it is about, where the source names one
    about: tuple[Reference, ...] = ()
    type: str | None = None
    level: str | None = None
    status: str | None = None
    decision: str | None = None
    reason: str | None = None
    raw_score: float | None = None
    raw_scale: str | None = None  # a name in ingest.fields, such as "0-1000"
    score: float | None = None  # 0–100, high is risky
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRecord:
    """Of a customer record that its row names by key, or by a number: one that nobody has is nobody's score."""

    key: str
    at: datetime
    raw_score: float
    raw_scale: str
    score: float  # 0–100, high is risky
    customer: str | None = None
    about: tuple[Reference, ...] = ()
    level: str | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanRecord:
    key: str
    number: str | None
    borrower: str | None = None  # key of the customer record
    account: str | None = None  # key of the account that it is repaid from
    product: str | None = None
    status: str | None = None
    principal_minor: int | None = None
    outstanding_minor: int | None = None
    currency: str | None = None
    rate: float | None = None  # percent a year
    opened_at: datetime | None = None
    matures_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRecord:
    """A card, without its number: the last four digits, and a keyed hash by which equal numbers are known."""

    key: str
    holder: str | None = None  # key of the customer record
    account: str | None = None  # key of the account
    last_four: str | None = None
    fingerprint: str | None = None
    type: str | None = None
    status: str | None = None
    expires_at: datetime | None = None
    issued_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRecord:
    """What one customer record is to another, or to an account that somebody else holds."""

    key: str
    type: str  # a name in ROLES
    holder: str  # key of the customer record that has the role
    customer: str | None = None  # key of the customer record towards whom
    account: str | None = None  # key of the account
    role: str | None = None  # the source's own word for it
    since: datetime | None = None
    until: datetime | None = None
    updated_at: datetime | None = None


ROLES = frozenset({"director_of", "signatory_of", "guarantees", "next_of_kin_of", "joint_holder_of", "related_to"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRecord:
    """Somebody went through the menus of a channel."""

    key: str
    customer: str | None  # key of the customer record
    channel: str
    at: datetime
    ended_at: datetime | None = None
    status: str | None = None
    steps: int | None = None  # menus that were visited
    device: str | None = None  # key of the device
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRecord:
    """A matter that somebody of the bank works on."""

    key: str
    at: datetime
    customer: str | None = None  # key of the customer record it is about
    about: tuple[Reference, ...] = ()
    number: str | None = None
    category: str | None = None
    priority: str | None = None
    status: str | None = None
    closed_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityRecord:
    """Somebody did something to what a system holds; ``entity`` and ``operation`` are the system's own words."""

    key: str
    at: datetime
    operation: str
    entity: str | None = None
    customer: str | None = None  # key of the customer record it was done to, or by
    account: str | None = None  # key of the account it was done to
    actor: str | None = None  # who did it: a user's or a system's name


@dataclass(frozen=True, slots=True, kw_only=True)
class AggregateRecord:
    """What a system of reports summed up of a customer or an account: context beside what it was summed up from."""

    key: str
    at: datetime  # the day that it is of
    customer: str | None = None  # key of the customer record that it describes
    account: str | None = None  # key of the account that it describes
    period: str | None = None  # over how long, in the system's own words
    count: int | None = None  # of transactions
    amount_minor: int | None = None  # of these together
    lifetime_value_minor: int | None = None
    currency: str | None = None
    segment: str | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRecord:
    """A report that somebody made, and whom it is about; not what it says of them."""

    key: str
    at: datetime  # when it was made
    customers: tuple[str, ...] = ()  # keys of the customer records that it is about
    accounts: tuple[str, ...] = ()  # keys of the accounts that it is about
    name: str | None = None
    type: str | None = None
    period: str | None = None  # the time that it is of, in the system's own words
    status: str | None = None
    submitted_at: datetime | None = None  # to an authority
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerRecord:
    """A company whose software may ask for customers' data."""

    key: str
    name: str | None = None
    client_id: str | None = None
    scopes: str | None = None  # what it may ever be allowed, with spaces between
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRecord:
    """A customer lets a partner see some of her data, until a date or until she takes it back."""

    key: str
    customer: str  # key of the customer record
    at: datetime  # when it was given
    partner: str | None = None  # key of the partner
    scopes: str | None = None  # what it allows, with spaces between
    status: str | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    updated_at: datetime | None = None


BusinessRecord = (
    AccountRecord
    | TransactionRecord
    | SightingRecord
    | DeviceRecord
    | LoginRecord
    | AlertRecord
    | ScoreRecord
    | LoanRecord
    | CardRecord
    | RoleRecord
    | SessionRecord
    | CaseRecord
    | ActivityRecord
    | AggregateRecord
    | ReportRecord
    | PartnerRecord
    | ConsentRecord
)
