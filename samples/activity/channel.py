"""What mobile users do: devices, log-ins, sessions, and the bookings that went through the channel."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from samples.activity.moments import between
from samples.records import Record, draw_uuid
from samples.rows.comprehensive import Booking
from samples.rows.mobile import (
    Device,
    channel_transaction_row,
    device_row,
    login_row,
    notification_row,
    session_id,
    session_row,
    user_row,
)
from samples.tables import Row, Table

RECENT = timedelta(days=90)
CHANNEL_SHARE = 0.4  # of the bookings of a customer who has the app were made in it
FAILED_LOGIN_SHARE = 0.06


def draw_channel(
    rng: Random, users: Sequence[Record], bookings: Sequence[tuple[Record, Booking]], now: datetime
) -> tuple[Table, ...]:
    """All rows of Mobile Banking; `bookings` are core's, with the core record whose they are."""
    bookings_of = defaultdict[str, list[Booking]](list)
    for record, booking in bookings:
        if booking.type != "Deposit":
            bookings_of[record.person].append(booking)
    rows: dict[str, list[Row]] = defaultdict(list)
    for user in users:
        enrolled_at = between(rng, now - timedelta(days=900), now - RECENT)
        device = draw_device(rng, user.id)
        # A booking goes through one profile only, so whoever enrolled twice uses the first.
        in_app = [booking for booking in bookings_of.pop(user.person, []) if rng.random() < CHANNEL_SHARE]
        log_ins = sorted(
            [booking.at - timedelta(minutes=rng.uniform(1, 9)) for booking in in_app]
            + [between(rng, now - RECENT, now) for _ in range(rng.randint(1, 4))]
        )
        rows["MobileUsers"].append(user_row(user, enrolled_at, between(rng, enrolled_at, now)))
        rows["DeviceInfo"].append(device_row(device, enrolled_at, log_ins[-1]))
        sessions = _draw_sessions(rng, device, log_ins, rows)
        for booking in in_app:
            session = next(id for at, id in reversed(sessions) if at < booking.at)
            rows["ChannelTransactions"].append(channel_transaction_row(draw_uuid(rng), session, booking))
        if rng.random() < 0.1:
            message = notification_row(
                draw_uuid(rng), user.id, "Welcome", "Thank you for banking with us.", enrolled_at
            )
            rows["PushNotifications"].append(message)
    order = (
        "MobileUsers", "DeviceInfo", "LoginActivity", "ChannelSessions", "ChannelTransactions", "PushNotifications",
    )  # fmt: skip
    return tuple(Table(name, rows[name]) for name in order)


def draw_device(rng: Random, user_id: str) -> Device:
    platform = "Android" if rng.random() < 0.85 else "iOS"
    return Device(
        id=f"{platform[:3].lower()}-{rng.getrandbits(64):016x}",
        user_id=user_id,
        platform=platform,
        app_version=f"4.{rng.randint(0, 9)}.{rng.randint(0, 5)}",
        # 198.18.0.0/15 is reserved for benchmarks: nobody's address.
        ip_address=f"198.18.{rng.randint(0, 255)}.{rng.randint(1, 254)}",
    )


def _draw_sessions(
    rng: Random, device: Device, log_ins: Sequence[datetime], rows: dict[str, list[Row]]
) -> list[tuple[datetime, str]]:
    """A session for each log-in, some after a failed attempt; returns (start, public session id)."""
    sessions: list[tuple[datetime, str]] = []
    for at in log_ins:
        if rng.random() < FAILED_LOGIN_SHARE:
            failed = login_row(draw_uuid(rng), device, at - timedelta(seconds=30), "Wrong PIN")
            rows["LoginActivity"].append(failed)
        rows["LoginActivity"].append(login_row(draw_uuid(rng), device, at))
        id = draw_uuid(rng)
        rows["ChannelSessions"].append(session_row(id, device, at, at + timedelta(minutes=rng.uniform(9.5, 14))))
        sessions.append((at, session_id(id)))
    return sessions
