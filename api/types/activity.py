"""What happened: bookings, logins, sessions, alerts, cases, and the devices they came from."""

import strawberry

from api.projected import projected
from api.types.money import Money, money
from api.types.scalars import DateTime
from graph.projection import Expression, Instant, Rows, Value


@strawberry.type(description="A booking as a channel saw it.")
class Sighting:
    key: str = projected(Value("sighting.key"), "system|entity|id of the channel's own row.")
    system: str = projected(Value("sighting.system"), "The system that saw it.")
    channel: str | None = projected(Value("sighting.channel"), "The channel, as the source names it.")
    status: str | None = projected(Value("sighting.status"), "The channel's own status.")
    at: DateTime | None = projected(Instant("sighting.at"), "When the channel saw it.")


@strawberry.type(description="One booking on one account.")
class Transaction:
    key: str = projected(Value("transaction.key"), "system|entity|id of the source's row.")
    system: str = projected(Value("transaction.system"), "The system that booked it.")
    reference: str | None = projected(Value("transaction.reference"), "The booking's reference number.")
    type: str | None = projected(Value("transaction.type"), "The kind of booking, as the source names it.")
    direction: str | None = projected(Value("transaction.direction"), "credit or debit; null if the source is silent.")
    amount: Money | None = projected(
        money("transaction.amount_minor", "transaction.currency"), "The amount, without a sign for the direction."
    )
    status: str | None = projected(Value("transaction.status"), "The source's own status.")
    description: str | None = projected(Value("transaction.description"), "The text of the booking.")
    at: DateTime = projected(Instant("transaction.at"), "When it was booked.")
    account: str = projected(Value("account.key"), "The key of the account that it is booked on.")
    channel: str | None = projected(
        Rows("project_transaction_channel", one=True), "The channel that saw it first; null if none reported it."
    )
    counterparty: str | None = projected(
        Rows("project_transaction_counterparty", one=True), "The account number of the other side, where it is known."
    )
    sightings: list[Sighting] = projected(
        Rows("project_transaction_sightings", "Sighting"), "The same booking as channels saw it, earliest first."
    )


@strawberry.type(description="A device that a record registered or logged in from.")
class Device:
    key: str = projected(Value("device.key"), "system|entity|id of the source's row.")
    system: str = projected(Value("device.system"), "The system that knows it.")
    type: str | None = projected(Value("device.type"), "The kind of device.")
    operating_system: str | None = projected(Value("device.operating_system"), "What it runs.")
    app_version: str | None = projected(Value("device.app_version"), "The bank's app on it.")
    trusted: bool | None = projected(Value("device.trusted"), "Whether the source trusts it.")
    registered_at: DateTime | None = projected(Instant("device.registered_at"), "When it was registered.")
    last_seen_at: DateTime | None = projected(Instant("device.last_seen_at"), "When it was last seen.")


@strawberry.type(description="An attempt to log in.")
class Login:
    key: str = projected(Value("login.key"), "system|entity|id of the source's row.")
    system: str = projected(Value("login.system"), "The system that was logged in to.")
    at: DateTime = projected(Instant("login.at"), "When.")
    successful: bool = projected(Value("login.successful"), "Whether it succeeded.")
    channel: str | None = projected(Value("login.channel"), "The channel, as the source names it.")
    failure_reason: str | None = projected(Value("login.failure_reason"), "Why it failed; null if it did not.")
    device: Device | None = projected(Rows("project_login_device", "Device", one=True), "What it came from.")


@strawberry.type(description="An alert of a fraud system.")
class Alert:
    key: str = projected(Value("alert.key"), "system|entity|id of the source's row.")
    system: str = projected(Value("alert.system"), "The system that raised it.")
    type: str | None = projected(Value("alert.type"), "What it warns of, as the source names it.")
    level: str | None = projected(Value("alert.level"), "The source's own level.")
    status: str | None = projected(Value("alert.status"), "How far its handling is.")
    decision: str | None = projected(Value("alert.decision"), "What was decided.")
    reason: str | None = projected(Value("alert.reason"), "Why it was raised.")
    score: float | None = projected(Value("alert.score"), "From 0 to 100; high is risky.")
    raw_score: float | None = projected(Value("alert.raw_score"), "The score on the source's own scale.")
    raw_scale: str | None = projected(Value("alert.raw_scale"), "The source's own scale, from no risk to the most.")
    at: DateTime = projected(Instant("alert.at"), "When it was raised.")
    updated_at: DateTime | None = projected(Instant("alert.updated_at"), "When the source last changed it.")
    about: list[str] = projected(
        Rows("project_alert_subjects"), "The keys of the records, accounts and bookings that it is about."
    )


@strawberry.type(description="Somebody went through the menus of a channel.")
class Session:
    key: str = projected(Value("session.key"), "system|entity|id of the source's row.")
    system: str = projected(Value("session.system"), "The system that kept it.")
    channel: str | None = projected(Value("session.channel"), "The channel, as the source names it.")
    at: DateTime = projected(Instant("session.at"), "When it began.")
    ended_at: DateTime | None = projected(Instant("session.ended_at"), "When it ended.")
    status: str | None = projected(Value("session.status"), "The source's own status.")
    steps: int | None = projected(Value("session.steps"), "How many menus were visited.")
    updated_at: DateTime | None = projected(Instant("session.updated_at"), "When the source last changed it.")
    device: Device | None = projected(Rows("project_session_device", "Device", one=True), "What it came from.")


@strawberry.type(description="A matter that somebody of the bank works on.")
class Case:
    key: str = projected(Value("matter.key"), "system|entity|id of the source's row.")
    system: str = projected(Value("matter.system"), "The system that keeps it.")
    number: str | None = projected(Value("matter.number"), "The case's number.")
    category: str | None = projected(Value("matter.category"), "What it is about, as the source names it.")
    priority: str | None = projected(Value("matter.priority"), "The source's own priority.")
    status: str | None = projected(Value("matter.status"), "How far its handling is.")
    at: DateTime = projected(Instant("matter.at"), "When it was opened.")
    closed_at: DateTime | None = projected(Instant("matter.closed_at"), "When it was closed.")
    updated_at: DateTime | None = projected(Instant("matter.updated_at"), "When the source last changed it.")
    about: list[str] = projected(
        Rows("project_case_subjects"), "The keys of the records, accounts and bookings that it is about."
    )


@strawberry.type(description="Somebody did something to what a system holds.")
class Activity:
    key: str = projected(Value("activity.key"), "system|entity|id of the source's row.")
    system: str = projected(Value("activity.system"), "The system that logged it.")
    at: DateTime = projected(Instant("activity.at"), "When.")
    operation: str = projected(Value("activity.operation"), "What was done, in the system's own words.")
    entity: str | None = projected(Value("activity.entity"), "To what kind of thing, in the system's own words.")
    actor: str | None = projected(Value("activity.actor"), "Who did it: a user's or a system's name.")
    done_to: list[str] = projected(
        Rows("project_activity_subjects"), "The keys of the records and accounts that it was done to."
    )


@strawberry.type(description="The latest score of one table of one source.")
class RiskComponent:
    source: str = projected(Value("component.system"), "The system that scored her.")
    entity: str = projected(Value("scored_in"), "The source's table of scores.")
    raw_score: float = projected(Value("component.raw_score"), "The score on the source's own scale.")
    raw_scale: str = projected(
        Value("component.raw_scale"), "The source's own scale, from no risk to the most: 0-1000, 850-300."
    )
    normalised: float = projected(Value("component.score"), "From 0 to 100; high is risky.")
    level: str | None = projected(Value("component.level"), "The source's own level.")
    model: str | None = projected(Value("component.model"), "The model that scored her.")
    at: DateTime = projected(Instant("component.at"), "When she was scored.")


@strawberry.type(description="How risky the sources find her.")
class Risk:
    fraud_score: float = projected(
        Value("highest.score"), "From 0 to 100, high is risky: the highest of the latest scores."
    )
    level: str | None = projected(Value("highest.level"), "The level that goes with fraudScore, as its source says it.")
    last_updated: DateTime = projected(Rows("project_risk_updated", one=True), "When a source last scored her.")
    components: list[RiskComponent] = projected(
        Rows("project_risk_components", "RiskComponent"), "The latest score of each table of each source."
    )


TRUE_IF_MARKED = "project_truth"


def marked(of: str) -> Expression:
    """A mark that is there or absent."""
    return Expression(TRUE_IF_MARKED, {"mark": of})
