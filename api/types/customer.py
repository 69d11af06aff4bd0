from enum import Enum
from typing import Any

import strawberry

from api.nodes import encode_id
from api.projected import HISTORISED, KEPT, PROJECTION, projected
from api.traversal import related
from api.types.account import Account, Balance
from api.types.activity import Activity, Alert, Case, Device, Login, Risk, Session, Transaction
from api.types.connection import Connection, paged
from api.types.consent import Consent, Partner
from api.types.context import Info
from api.types.explanation import Identity
from api.types.holding import Card, Loan
from api.types.identity import (
    GoldenDate,
    GoldenIdentifier,
    GoldenText,
    Identifier,
    Link,
    QuarantinedLink,
    SourceRecord,
    golden,
)
from api.types.node import Node
from api.types.relationship import Relationship
from api.types.reporting import Aggregate, Report
from api.types.scalars import DateTime
from api.types.source import SourceFreshness, freshness
from api.types.traversal import Surroundings
from graph.projection import Inline, Instant, Page, Rows, Value
from graph.records import PartyType
from graph.traversal import HUB

BY_TIME = ("instant", "text")  # newest first, then by key


@strawberry.enum(description="What became of an id.")
class CustomerStatus(Enum):
    CURRENT = strawberry.enum_value("current", description="It names a customer.")
    MERGED = strawberry.enum_value("merged", description="Its records are part of another customer now.")
    CLOSED = strawberry.enum_value("closed", description="Its records left, and nobody remained with them.")
    ERASED = strawberry.enum_value("erased", description="Its records were erased.")


@strawberry.enum(description="Which customer answers for an id that nobody bears now.")
class Follow(Enum):
    RECORD = strawberry.enum_value(
        "record", description="That of the record which the id was born with, or of its heir, even if others moved."
    )


def _id(root: strawberry.Parent[Any]) -> strawberry.ID:
    return strawberry.ID(encode_id("GlobalCustomer", root["id"]))


async def _freshness(root: strawberry.Parent[Any], info: Info) -> list[SourceFreshness] | None:
    """The graph answered with the systems that know her; the ledger says how they are doing."""
    context = info.context
    settings = context.settings
    return freshness(await context.statuses(), settings.systems, root["freshness"], settings.stale_after)


@strawberry.type(description="One person or company, whatever number of records the systems keep of her.")
class GlobalCustomer(Node):
    id: strawberry.ID = strawberry.field(
        resolver=_id,
        description="An opaque id, by which `node` answers with her." + KEPT,
        metadata={PROJECTION: Value("customer.gcid"), HISTORISED: True},
    )
    gcid: strawberry.ID = projected(Value("customer.gcid"), "Her GlobalCustomerId.", historised=True)
    requested_id: strawberry.ID | None = projected(
        Value("requested_id"), "The id that was asked for, if another one answers; else null."
    )
    previous_ids: list[strawberry.ID] = projected(
        Rows("project_customer_previous_ids"), "Ids given out before that lead to her now."
    )
    status: CustomerStatus = projected(Value("customer.status"), "What became of this id.", historised=True)
    since: DateTime = projected(Instant("customer.since"), "Since when this id is in this state.")
    party_type: PartyType | None = projected(
        Value("customer.party_type"), "Person, company or unknown.", historised=True
    )
    party_type_source: str | None = projected(
        Value("customer.party_type_source"), "The key of the record that says whether she is a person or a company."
    )
    party_type_updated_at: DateTime | None = projected(
        Instant("customer.party_type_updated_at"), "When that record last changed."
    )

    name: GoldenText | None = projected(golden("GoldenText", "name"), "Her name.", historised=True)
    birth_date: GoldenDate | None = projected(golden("GoldenDate", "birth_date"), "Her date of birth.", historised=True)
    national_id: GoldenIdentifier | None = projected(
        golden("GoldenIdentifier", "national_id"), "Her national id.", historised=True
    )
    phone: GoldenIdentifier | None = projected(
        golden("GoldenIdentifier", "phone"), "Her phone number, as E.164.", historised=True
    )
    email: GoldenIdentifier | None = projected(
        golden("GoldenIdentifier", "email"), "Her e-mail address.", historised=True
    )

    source_records: list[SourceRecord] = projected(
        Rows("project_customer_source_records", "SourceRecord"), "The records of her, by key.", historised=True
    )
    identifiers: list[Identifier] = projected(
        Rows("project_customer_identifiers", "Identifier"), "The values that her records hold now.", historised=True
    )
    links: list[Link] = projected(
        Rows("project_customer_links", "Link"),
        "The accepted links that make her records one customer.",
        historised=True,
    )
    quarantined: list[QuarantinedLink] = projected(
        Rows("project_customer_quarantined", "QuarantinedLink"),
        "Refused links that touch her records, and why.",
        historised=True,
    )
    identity: Identity = projected(
        Inline("Identity", {"gcid": "customer.gcid"}), "Why she is one customer, and what became of her."
    )
    balances: list[Balance] = projected(
        Rows("project_customer_balances", "Balance"), "What she holds per currency, over authoritative accounts."
    )
    last_login: Login | None = projected(
        Rows("project_customer_last_login", "Login", one=True), "Her latest login that succeeded, in any channel."
    )
    devices: list[Device] = projected(
        Rows("project_customer_devices", "Device"), "Devices that she registered or logged in from."
    )
    risk: Risk | None = projected(
        Rows("project_customer_risk", "Risk", one=True), "How risky the sources find her; null if none scored her."
    )

    related: Surroundings = strawberry.field(
        resolver=related,
        description="Who is tied to her by what they share, within some hops. One statement a hop; what more than "
        f"{HUB} have is told and not followed.",
        metadata={PROJECTION: Value("customer.gcid")},
    )

    accounts: Connection[Account] = paged(
        Page("project_customer_accounts", "Account", position=("text",)), "Her accounts in all systems, by key."
    )
    transactions: Connection[Transaction] = paged(
        Page("project_customer_transactions", "Transaction", position=BY_TIME),
        "Bookings on all her accounts, newest first.",
    )
    loans: Connection[Loan] = paged(
        Page("project_customer_loans", "Loan", position=("text",)), "Loans that she owes, by key."
    )
    cards: Connection[Card] = paged(
        Page("project_customer_cards", "Card", position=("text",)), "Cards that she carries, by key."
    )
    relationships: Connection[Relationship] = paged(
        Page("project_customer_relationships", "Relationship", position=("text",)),
        "Roles that she has, and that others have towards her or the accounts that she owns, by key; past ones too.",
    )
    logins: Connection[Login] = paged(
        Page("project_customer_logins", "Login", position=BY_TIME), "Her logins, failed ones too, newest first."
    )
    alerts: Connection[Alert] = paged(
        Page("project_customer_alerts", "Alert", position=BY_TIME),
        "Alerts about her records, accounts or bookings, newest first.",
    )
    sessions: Connection[Session] = paged(
        Page("project_customer_sessions", "Session", position=BY_TIME), "Her sessions in channels, newest first."
    )
    cases: Connection[Case] = paged(
        Page("project_customer_cases", "Case", position=BY_TIME),
        "Cases about her records, accounts or bookings, newest first.",
    )
    activities: Connection[Activity] = paged(
        Page("project_customer_activities", "Activity", position=BY_TIME),
        "What was done to her records and accounts, newest first.",
    )
    aggregates: Connection[Aggregate] = paged(
        Page("project_customer_aggregates", "Aggregate", position=BY_TIME),
        "What reporting systems summed up of her records and accounts, newest first.",
    )
    reports: Connection[Report] = paged(
        Page("project_customer_reports", "Report", position=BY_TIME),
        "Reports that her records or accounts are in, newest first.",
    )
    consents: Connection[Consent] = paged(
        Page("project_customer_consents", "Consent", position=BY_TIME),
        "What she lets partners see, newest first; past ones too.",
    )
    partners: list[Partner] = projected(
        Rows("project_customer_partners", "Partner"), "Partners that may see some of her data at this moment."
    )
    freshness: list[SourceFreshness] | None = strawberry.field(
        resolver=_freshness,
        description="How current this answer is, per source; null if the ledger does not answer.",
        metadata={PROJECTION: Rows("project_customer_systems")},
    )

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """What the graph answers is a map, and customers are the only nodes."""
        return isinstance(obj, dict)
