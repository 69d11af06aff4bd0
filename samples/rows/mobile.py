"""One row of each Mobile Banking table, as the application would write it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from samples.records import Record
from samples.rows.comprehensive import Booking
from samples.tables import Row

CHANNEL_ID = "6d6f6269-6c65-4000-8000-000000000002"  # the mobile channel: the same in every row
SESSION_LENGTH = timedelta(minutes=15)
ACTIVE, ENDED = 1, 2  # SessionStatus
COMPLETED = 3  # channel TransactionStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A handset with the app on it."""

    id: str
    user_id: str
    platform: str  # Android or iOS
    app_version: str
    ip_address: str


def user_row(record: Record, enrolled_at: datetime, updated_at: datetime) -> Row:
    return {
        "Id": record.id,
        "CustomerId": record.of,
        "PhoneNumber": record.phone,
        "Email": record.email,
        "FullName": record.full_name,
        "Status": "Active",
        "EnrolledAt": enrolled_at,
        "UpdatedAt": updated_at,
    }


def device_row(device: Device, registered_at: datetime, seen_at: datetime) -> Row:
    return {
        "DeviceId": device.id,
        "MobileUserId": device.user_id,
        "DeviceType": "Phone",
        "OperatingSystem": device.platform,
        "AppVersion": device.app_version,
        "IsTrusted": True,
        "RegisteredAt": registered_at,
        "LastSeenAt": seen_at,
    }


def login_row(id: str, device: Device, at: datetime, failure: str | None = None) -> Row:
    return {
        "Id": id,
        "MobileUserId": device.user_id,
        "DeviceId": device.id,
        "IsSuccessful": failure is None,
        "FailureReason": failure,
        "IpAddress": device.ip_address,
        "OccurredAt": at,
    }


def session_row(id: str, device: Device, started_at: datetime, ended_at: datetime | None) -> Row:
    """A session; its public `SessionId` is derived from `id`."""
    return {
        "Id": id,
        "ChannelId": CHANNEL_ID,
        "SessionId": session_id(id),
        "UserId": device.user_id,
        "DeviceId": device.id,
        "IpAddress": device.ip_address,
        "UserAgent": f"WekezaMobile/{device.app_version} ({device.platform})",
        "Platform": device.platform,
        "AppVersion": device.app_version,
        "StartTime": started_at,
        "ExpiryTime": started_at + SESSION_LENGTH,
        "EndTime": ended_at,
        "Status": ACTIVE if ended_at is None else ENDED,
        "EndReason": None if ended_at is None else "Logout",
    }


def session_id(id: str) -> str:
    return f"MOB-{id}"


def channel_transaction_row(id: str, session: str, booking: Booking) -> Row:
    """How the channel saw a core booking: under the core reference and the core account number."""
    return {
        "Id": id,
        "ChannelId": CHANNEL_ID,
        "TransactionId": booking.reference,
        "SessionId": session,
        "AccountNumber": booking.account.number,
        "ServiceCode": "TRANSFER" if booking.type == "Debit" else "DEPOSIT",
        "Amount": booking.amount,
        "Currency": booking.account.currency,
        "Description": booking.description,
        "Status": COMPLETED,
        "ProcessedBy": "MobileGateway",
        "ProcessedAt": booking.at,
        "CompletedAt": booking.at,
        "FailureReason": None,
    }


def notification_row(id: str, user_id: str, title: str, message: str, sent_at: datetime) -> Row:
    return {
        "Id": id,
        "MobileUserId": user_id,
        "Type": 1,
        "Title": title,
        "Message": message,
        "IsRead": False,
        "SentAt": sent_at,
        "ReadAt": None,
    }
