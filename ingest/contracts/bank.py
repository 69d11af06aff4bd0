"""What the bank's systems tell of what happens in them: one class a topic and thing, in the words of their brain."""

from typing import Literal

from ingest.contracts.event import Day, Event, Id, Moment, Money, Said, Text


class CustomerEvent(Event):
    """A customer as the system knows her; the id that other systems may have for her is none of its words."""

    event_type: Literal["CustomerCreated", "CustomerUpdated"]
    local_customer_id: Id
    party_type: Literal["person", "company"] | None = None
    full_name: Text | None = None
    first_name: Text | None = None
    last_name: Text | None = None
    birth_date: Day | None = None
    national_id: Text | None = None
    phone_number: Text | None = None
    email: Text | None = None
    username: Text | None = None
    status: Text | None = None
    created_at: Moment | None = None
    updated_at: Moment


class AccountEvent(Event):
    event_type: Literal["AccountCreated", "AccountUpdated"]
    account_id: Id
    account_number: Text
    local_customer_id: Id | None = None
    product: Text | None = None
    status: Text | None = None
    balance: Money | None = None
    available_balance: Money | None = None
    currency: Text | None = None
    opened_at: Moment | None = None
    updated_at: Moment


class TransactionEvent(Event):
    """A booking, or how a channel saw one: ``Reference`` is the number by which all systems know it."""

    event_type: Literal["TransactionPosted"]
    transaction_id: Id
    reference: Text | None = None
    account_number: Text | None = None
    local_customer_id: Id | None = None
    amount: Money | None = None
    currency: Text | None = None
    transaction_type: Text | None = None
    channel: Text | None = None
    status: Text | None = None
    description: Text | None = None
    balance_after: Money | None = None
    posted_at: Moment


class PaymentEvent(Event):
    event_type: Literal["PaymentCreated", "PaymentCompleted", "PaymentFailed"]
    payment_id: Id
    reference: Text | None = None
    from_account_number: Text | None = None
    to_account_number: Text | None = None
    local_customer_id: Id | None = None
    amount: Money | None = None
    currency: Text | None = None
    status: Text | None = None
    failure_reason: Text | None = None
    created_at: Moment
    updated_at: Moment


class DeviceInfo(Said):
    """The device as the channel knows it after the log-in."""

    device_id: Id
    device_type: Text | None = None
    operating_system: Text | None = None
    app_version: Text | None = None
    is_trusted: bool | None = None
    registered_at: Moment | None = None
    last_seen_at: Moment | None = None


class LoginEvent(Event):
    event_type: Literal["LoginPerformed"]
    login_id: Id
    local_customer_id: Id
    channel: Text
    is_successful: bool
    failure_reason: Text | None = None
    device_info: DeviceInfo | None = None
    ip_address: Text | None = None
    location: Text | None = None
    logged_in_at: Moment


class FraudAlertEvent(Event):
    event_type: Literal["FraudAlertRaised", "FraudAlertUpdated"]
    alert_id: Id
    alert_type: Text | None = None
    risk_score: float | None = None
    severity: Text | None = None
    decision: Text | None = None
    status: Text | None = None
    reason: Text | None = None
    related_transaction_id: Text | None = None
    account_number: Text | None = None
    local_customer_id: Id | None = None
    raised_at: Moment
    updated_at: Moment


class FraudCaseEvent(Event):
    event_type: Literal["FraudCaseOpened", "FraudCaseUpdated"]
    case_id: Id
    category: Text | None = None
    priority: Text | None = None
    status: Text | None = None
    related_transaction_id: Text | None = None
    local_customer_id: Id | None = None
    opened_at: Moment
    updated_at: Moment
    closed_at: Moment | None = None


class RiskEvent(Event):
    event_type: Literal["RiskAssessed"]
    assessment_id: Id
    local_customer_id: Id
    score: float
    risk_level: Text | None = None
    model_version: Text | None = None
    confidence: float | None = None
    assessed_at: Moment
