"""One row of each Fraud Detection table, as the engine would write it, and the engine's scales."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from samples.records import Record
from samples.rows.comprehensive import Booking
from samples.tables import Row

MODEL_VERSION = "1.0.0"
RISK_LEVELS = ((200, "VeryLow"), (400, "Low"), (600, "Medium"), (800, "High"), (1000, "Critical"))
DECISIONS = ((400, "Allow"), (700, "Challenge"), (850, "Review"), (1000, "Block"))
CASE_FROM, CASE_HIGH = 0.5, 0.8  # of 0 to 1
REASONS = {
    1: "Many transactions within one hour",
    11: "First use of this device",
    20: "First payment to this beneficiary",
    30: "Amount far above the customer's average",
    42: "Failed log-ins shortly before",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """The engine's word on one booking. `customer_ref` is None where it does not know whose account it is."""

    id: str
    booking: Booking
    customer_ref: str | None
    phone: str | None
    score: int
    reason: int
    status: str
    raised_at: datetime
    closed_at: datetime | None = None


def risk_level(score: int) -> str:
    return _band(RISK_LEVELS, score)


def decision(score: int) -> str:
    return _band(DECISIONS, score)


def _band(scale: tuple[tuple[int, str], ...], score: int) -> str:
    if not 0 <= score <= 1000:
        raise ValueError(f"A fraud score lies between 0 and 1000, not at {score}.")
    return next(name for upper, name in scale if score <= upper)


def monitored_customer_row(record: Record, created_at: datetime, updated_at: datetime) -> Row:
    return {
        "customer_ref": record.id,
        "full_name": record.full_name or None,
        "national_id": record.national_id,
        "phone": record.phone,
        "email": record.email,
        "created_at": created_at,
        "updated_at": updated_at,
    }


def alert_row(alert: Alert) -> Row:
    return {
        "alert_id": alert.id,
        "transaction_reference": alert.booking.reference,
        "account_number": alert.booking.account.number,
        "customer_ref": alert.customer_ref,
        "customer_phone": alert.phone,
        "fraud_score": alert.score,
        "risk_level": risk_level(alert.score),
        "decision": decision(alert.score),
        "primary_reason": alert.reason,
        "flagged_reason": REASONS[alert.reason],
        "status": alert.status,
        "created_at": alert.raised_at,
        "updated_at": alert.closed_at or alert.raised_at,
        "closed_at": alert.closed_at,
    }


def score_row(customer_ref: str, score: int, confidence: Decimal, evaluated_at: datetime) -> Row:
    return {
        "customer_ref": customer_ref,
        "score": score,
        "risk_level": risk_level(score),
        "model_version": MODEL_VERSION,
        "confidence": confidence,
        "evaluated_at": evaluated_at,
    }


def suspicious_transaction_row(alert: Alert) -> Row:
    booking, allowed = alert.booking, decision(alert.score) != "Block"
    return {
        "transaction_id": booking.reference,
        "customer_id": alert.customer_ref,
        "account_number": booking.account.number,
        "amount": booking.amount,
        "currency": booking.account.currency,
        "transaction_type": "TRANSFER" if booking.type == "Debit" else "DEPOSIT",
        "channel": "MOBILE",
        "timestamp": booking.at,
        "status": "FLAGGED" if allowed else "BLOCKED",
        "was_allowed": allowed,
    }


def alert_history_row(alert: Alert, old: str | None, new: str, changed_at: datetime) -> Row:
    return {
        "alert_id": alert.id,
        "old_status": old,
        "new_status": new,
        "changed_by": "engine" if old is None else "analyst",
        "changed_at": changed_at,
    }


def case_row(id: int, alert: Alert) -> Row:
    """What the engine of before made of the same booking: a case from 0.5 on, in UTC without a zone."""
    booking, score = alert.booking, alert.score / 1000
    return {
        "case_id": id,
        "transaction_id": booking.reference,
        "customer_id": alert.customer_ref,
        "amount": booking.amount,
        "currency": booking.account.currency,
        "transaction_type": "TRANSFER" if booking.type == "Debit" else "DEPOSIT",
        "risk_score": score,
        "risk_level": "HIGH" if score >= CASE_HIGH else "MEDIUM",
        "status": "CLOSED" if alert.closed_at else "ASSIGNED",
        "flagged_reason": REASONS[alert.reason],
        "created_at": _utc(alert.raised_at),
        "updated_at": _utc(alert.closed_at or alert.raised_at),
        "closed_at": alert.closed_at and _utc(alert.closed_at),
    }


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)


def rule_row(rule_id: str, name: str, condition: str, severity: str, triggered_count: int) -> Row:
    """`condition` is JSON text."""
    return {
        "rule_id": rule_id,
        "name": name,
        "condition": condition,
        "severity": severity,
        "is_active": True,
        "triggered_count": triggered_count,
    }
