"""One row of each Web Banking table, as its portals would write it: local time, whole seconds."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from samples.records import Record
from samples.tables import Row

NAIROBI = ZoneInfo("Africa/Nairobi")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebAccount:
    """`user_id` or `business_id` owns it."""

    id: int
    number: str
    opened_at: datetime
    user_id: str | None = None
    business_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A log-in that worked, and the session that it began."""

    user: Record
    email: str
    fingerprint: str
    browser: str
    ip_address: str
    at: datetime
    until: datetime


def local(at: datetime) -> datetime:
    """What the application stores of a point in time."""
    return at.astimezone(NAIROBI).replace(tzinfo=None, microsecond=0)


def user_row(record: Record, email: str, business_id: str | None, created_at: datetime) -> Row:
    return {
        "user_id": record.id,
        "full_name": record.full_name,
        "email": email,
        "phone_number": record.phone or None,
        "national_id": record.national_id,
        "password_hash": "$2b$12$" + "." * 53,
        "kyc_tier": "TIER_2" if record.national_id else "TIER_1",
        "is_active": True,
        "business_id": business_id,
        "created_at": local(created_at),
    }


def customer_row(record: Record, created_at: datetime, updated_at: datetime) -> Row:
    return {
        "customer_id": record.id,
        "cif_number": f"CIF{local(created_at):%Y%m%d}{int(record.id):06X}",
        "full_name": record.full_name,
        "national_id": record.national_id,
        "phone_number": record.phone or "",
        "email": record.email,
        "date_of_birth": record.birth_date,
        "kyc_tier": "TIER_3",
        "customer_type": "individual",
        "status": "ACTIVE",
        "created_at": local(created_at),
        "updated_at": local(updated_at),
        "created_by": "branch",
    }


def business_row(record: Record, sector: str, created_at: datetime) -> Row:
    return {
        "business_id": record.id,
        "business_name": record.full_name,
        "registration_no": record.registration,
        "kra_pin": record.tax_pin,
        "sector": sector,
        "created_at": local(created_at),
    }


def account_row(account: WebAccount, balance: Decimal, status: str) -> Row:
    return {
        "account_id": account.id,
        "account_number": account.number,
        "balance": balance,
        "currency": "KES",
        "status": status,
        "user_id": account.user_id,
        "business_id": account.business_id,
        "created_at": local(account.opened_at),
    }


def transaction_row(id: int, account: WebAccount, kind: str, amount: Decimal, at: datetime) -> Row:
    return {
        "transaction_id": id,
        "account_id": account.id,
        "txn_type": kind,
        "amount": amount,
        "reference_code": f"WEB{id:010d}",
        "description": kind.replace("_", " ").capitalize(),
        "created_at": local(at),
        "status": "COMPLETED",
        "approved_by": None,
        "approved_at": None,
    }


def loan_row(id: int, user_id: str, principal: Decimal, remaining: Decimal, status: str, at: datetime) -> Row:
    return {
        "loan_id": id,
        "user_id": user_id,
        "principal_amount": principal,
        "total_due_amount": principal + principal / 10,
        "balance_remaining": remaining,
        "status": status,
        "created_at": local(at),
    }


def session_row(id: str, visit: Visit) -> Row:
    return {
        "session_id": id,
        "user_id": visit.user.id,
        "browser": visit.browser,
        "browser_fingerprint": visit.fingerprint,
        "user_agent": f"Mozilla/5.0 ({visit.browser})",
        "ip_address": visit.ip_address,
        "started_at": local(visit.at),
        "last_activity_at": local(visit.until),
        "ended_at": local(visit.until),
        "status": "ENDED",
    }


def login_row(id: int, visit: Visit, *, known: bool = True, success: bool = True) -> Row:
    """An attempt; of an address that nobody has, no user is `known`."""
    return {
        "login_id": id,
        "user_id": visit.user.id if known else None,
        "login_email": visit.email if known else f"x{visit.email}",
        "success": success,
        "device": f"{visit.browser} on Windows",
        "location": "Nairobi",
        "ip_address": visit.ip_address,
        "created_at": local(visit.at),
    }


def risk_score_row(id: int, user_id: str, score: int, at: datetime) -> Row:
    """A credit score of the Risk Modules, in this database; 0 is none."""
    return {
        "score_id": id,
        "user_id": user_id,
        "credit_score": score,
        "decision": "APPROVED" if score else "REJECTED",
        "created_at": local(at),
    }
