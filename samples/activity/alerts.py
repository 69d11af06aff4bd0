"""What the fraud engine says: rules, a score for everybody it knows, alerts on a few bookings."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from samples.activity.moments import between
from samples.records import Record, draw_uuid
from samples.rows.comprehensive import Booking
from samples.rows.fraud import (
    CASE_FROM,
    REASONS,
    Alert,
    alert_history_row,
    alert_row,
    case_row,
    monitored_customer_row,
    rule_row,
    score_row,
    suspicious_transaction_row,
)
from samples.tables import Row, Table

ALERT_SHARE = 0.015  # of all bookings; those of people the engine knows are looked at more closely
KNOWN_FACTOR = 3
RULES = (
    ("R-VELOCITY", "Many transactions within one hour", '{"count_1h": {"gte": 10}}', "High"),
    ("R-NEW-DEVICE", "First use of a device", '{"device_age_days": {"lt": 1}}', "Medium"),
    ("R-NEW-BENEFICIARY", "First payment to a beneficiary", '{"first_time_beneficiary": true}', "Medium"),
    ("R-AMOUNT", "Amount far above the average", '{"amount_ratio": {"gte": 5}}', "High"),
    ("R-FAILED-LOGINS", "Failed log-ins before a payment", '{"failed_logins_1h": {"gte": 3}}', "Critical"),
)


def draw_alerts(
    rng: Random, monitored: Sequence[Record], bookings: Sequence[tuple[Record, Booking]], now: datetime
) -> tuple[Table, ...]:
    """All rows of Fraud Detection; `bookings` are core's, with the core record whose they are."""
    monitored_of = {record.person: record for record in reversed(monitored)}
    alerts = _draw_alerts(rng, monitored_of, bookings, now)
    customers: list[Row] = []
    scores: list[Row] = []
    for record in monitored:
        created_at = between(rng, now - timedelta(days=700), now - timedelta(days=90))
        customers.append(monitored_customer_row(record, created_at, between(rng, created_at, now)))
        for at in sorted(between(rng, created_at, now) for _ in range(rng.randint(1, 2))):
            scores.append(score_row(record.id, _draw_score(rng), _draw_confidence(rng), at))
    history: list[Row] = []
    for alert in alerts:
        history.append(alert_history_row(alert, None, "Open", alert.raised_at))
        if alert.closed_at:
            history.append(alert_history_row(alert, "Open", "Closed", alert.closed_at))
    return (
        Table("monitored_customers", customers),
        Table("fraud_alerts", [alert_row(alert) for alert in alerts]),
        Table("risk_scores", scores),
        Table("suspicious_transactions", [suspicious_transaction_row(alert) for alert in alerts]),
        Table("detection_rules", [rule_row(*rule, rng.randint(0, 500)) for rule in RULES]),
        Table("alert_history", history),
        Table("analyst_cases", [case_row(n, alert) for n, alert in enumerate(_cases_of(alerts), start=1)]),
    )


def _draw_alerts(
    rng: Random, monitored_of: Mapping[str, Record], bookings: Sequence[tuple[Record, Booking]], now: datetime
) -> list[Alert]:
    alerts: list[Alert] = []
    for record, booking in bookings:
        known = monitored_of.get(record.person)
        if booking.type == "Deposit" or rng.random() >= ALERT_SHARE * (KNOWN_FACTOR if known else 1):
            continue
        raised_at = booking.at + (now - booking.at) * 0.001
        closed = rng.random() < 0.4
        alert = Alert(
            id=draw_uuid(rng),
            booking=booking,
            customer_ref=known.id if known else None,
            phone=(known.phone if known else record.phone) or None,
            score=rng.randint(401, 1000),
            reason=rng.choice(list(REASONS)),
            status="Closed" if closed else "Open",
            raised_at=raised_at,
            closed_at=between(rng, raised_at, now) if closed else None,
        )
        alerts.append(alert)
    return alerts


def _cases_of(alerts: Sequence[Alert]) -> list[Alert]:
    return [alert for alert in alerts if alert.score >= CASE_FROM * 1000]


def _draw_score(rng: Random) -> int:
    """Most people are no risk: four fifths score below 400."""
    return rng.randint(0, 400) if rng.random() < 0.8 else rng.randint(401, 1000)


def _draw_confidence(rng: Random) -> Decimal:
    return Decimal(rng.randint(500, 999)).scaleb(-3)
