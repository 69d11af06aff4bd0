"""One row of each WekezaGlobal table that the Risk Modules keep, as its services would write it: UTC without a zone."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import NAMESPACE_URL, uuid5

from samples.records import Record
from samples.tables import Row


def utc(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)


def derived_id(what: str, of: str) -> str:
    """The id of a row that hangs on another one: who has the other's id can name it."""
    return str(uuid5(NAMESPACE_URL, f"wekeza-sample-bank/risk/{what}/{of}"))


def user_row(record: Record, email: str, role: str, account_type: str, created_at: datetime) -> Row:
    return {
        "user_id": record.id,
        "full_name": record.full_name,
        "email": email,
        "phone_number": record.phone or None,
        "password_hash": "$2b$12$" + "." * 53,
        "kyc_status": "verified" if record.phone else "pending",
        "role": role,
        "created_at": utc(created_at),
        "updated_at": utc(created_at),
        "account_type": account_type,
    }


def wallet_row(user_id: str, currency: str, balance: Decimal, created_at: datetime, updated_at: datetime) -> Row:
    return {
        "wallet_id": derived_id("wallet", user_id),
        "user_id": user_id,
        "currency": currency,
        "balance": balance,
        "created_at": utc(created_at),
        "updated_at": utc(updated_at),
    }


def transaction_row(id: str, user_id: str, kind: str, amount: Decimal, currency: str, at: datetime) -> Row:
    return {
        "transaction_id": id,
        "wallet_id": derived_id("wallet", user_id),
        "type": kind,
        "amount": amount,
        "currency": currency,
        "status": "completed",
        "metadata": "{}",
        "created_at": utc(at),
        "updated_at": utc(at),
    }


def alert_row(transaction_id: str, kind: str, severity: str, status: str, at: datetime) -> Row:
    return {
        "aml_alert_id": derived_id("alert", transaction_id),
        "transaction_id": transaction_id,
        "type": kind,
        "severity": severity,
        "status": status,
        "created_at": utc(at),
    }


def credit_score_row(user_id: str, score: Decimal, at: datetime) -> Row:
    return {
        "credit_score_id": derived_id("score", user_id),
        "user_id": user_id,
        "score": score,
        "factors": "{}",
        "last_updated": utc(at),
    }


def credit_activity_row(user_id: str, transaction_id: str, delta: Decimal, at: datetime) -> Row:
    return {
        "log_id": derived_id("activity", transaction_id),
        "user_id": user_id,
        "transaction_id": transaction_id,
        "factor": "transaction_volume",
        "delta": delta,
        "created_at": utc(at),
    }


def api_key_row(user_id: str, key: str, created_at: datetime) -> Row:
    return {
        "api_key_id": derived_id("key", user_id),
        "user_id": user_id,
        "api_key": key,
        "name": "sandbox",
        "status": "active",
        "created_at": utc(created_at),
    }
