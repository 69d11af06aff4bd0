"""One row of each WekezaCRM table that concerns customers and USSD, as the application would write it: in UTC."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from samples.records import Record
from samples.rows.comprehensive import Booking
from samples.tables import Row

COMPLETED, TIMEOUT = 1, 2  # USSDSessionStatus
BOOKED = 1  # of USSDTransactions


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialled:
    """A session of the menu; `menus` are those that were gone through."""

    id: str
    msisdn: str
    menus: tuple[str, ...]
    at: datetime

    @property
    def until(self) -> datetime:
        return self.at + timedelta(seconds=20 * len(self.menus))


def utc(at: datetime) -> datetime:
    """What a column without a zone holds."""
    return at.astimezone(UTC).replace(tzinfo=None)


def customer_row(record: Record, email: str, reference: str, created_at: datetime, updated_at: datetime | None) -> Row:
    return {
        "Id": record.id,
        "CreatedAt": utc(created_at),
        "CreatedBy": "system",
        "CustomerReference": reference,
        "DateOfBirth": record.birth_date,
        "Email": email,
        "FirstName": record.name[0],
        "IsActive": True,
        "KYCStatus": 2,
        "LastName": " ".join(record.name[1:]),
        "PhoneNumber": record.phone or "",
        "Segment": 0,
        "UpdatedAt": updated_at and utc(updated_at),
    }


def account_row(id: str, customer_id: str, number: str, balance: Decimal, created_at: datetime) -> Row:
    return {
        "Id": id,
        "AccountNumber": number,
        "AccountType": "Savings",
        "Balance": balance,
        "CreatedAt": utc(created_at),
        "CreatedBy": "system",
        "Currency": "KES",
        "CustomerId": customer_id,
        "IsActive": True,
        "UpdatedAt": None,
    }


def transaction_row(id: str, account_id: str, number: int, amount: Decimal, at: datetime) -> Row:
    return {
        "Id": id,
        "AccountId": account_id,
        "Amount": amount,
        "BalanceAfter": amount,
        "CreatedAt": utc(at),
        "CreatedBy": "system",
        "Description": "Opening balance",
        "TransactionDate": utc(at),
        "TransactionReference": f"CRM{number:010d}",
        "TransactionType": "Deposit",
        "UpdatedAt": None,
    }


def case_row(
    id: str, customer_id: str, number: int, status: int, opened_at: datetime, closed_at: datetime | None
) -> Row:
    return {
        "Id": id,
        "CaseNumber": f"CASE-{number:06d}",
        "Category": "Complaint",
        "ClosedAt": closed_at and utc(closed_at),
        "CreatedAt": utc(opened_at),
        "CreatedBy": "agent",
        "CustomerId": customer_id,
        "Description": "A customer called.",
        "Priority": number % 4,
        "Status": status,
        "SubCategory": "Charges",
        "Title": "A question about charges",
        "UpdatedAt": closed_at and utc(closed_at),
    }


def session_row(session: Dialled, status: int) -> Row:
    return {
        "Id": session.id,
        "SessionId": f"ATUid_{session.id}",
        "PhoneNumber": session.msisdn,
        "CustomerId": None,
        "Status": status,
        "CurrentMenu": session.menus[-1],
        "MenuHistory": ",".join(session.menus),
        "StartedAt": utc(session.at),
        "CompletedAt": utc(session.until) if status == COMPLETED else None,
        "CreatedAt": utc(session.at),
        "UpdatedAt": utc(session.until) if status == COMPLETED else None,
        "CreatedBy": "gateway",
    }


def menu_row(id: str, session: Dialled, sequence: int) -> Row:
    return {
        "Id": id,
        "USSDSessionId": session.id,
        "Sequence": sequence,
        "Menu": session.menus[sequence],
        "Input": None if sequence == 0 else str(sequence),
        "OccurredAt": utc(session.at + timedelta(seconds=20 * sequence)),
    }


def booking_row(id: str, session: Dialled, booking: Booking) -> Row:
    """How the channel saw a core booking: under the core's reference and account number."""
    return {
        "Id": id,
        "USSDSessionId": session.id,
        "Msisdn": session.msisdn,
        "AccountNumber": booking.account.number,
        "TransactionType": booking.type,
        "Amount": booking.amount,
        "Currency": booking.account.currency,
        "Status": BOOKED,
        "Reference": booking.reference,
        "CreatedAt": utc(booking.at),
    }
