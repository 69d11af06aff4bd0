"""Whom WekezaCRM knows, who dials in, and what both do: sessions, bookings through the menu, cases."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from random import Random

from samples.activity.moments import between
from samples.masters import Master
from samples.records import Record, draw_uuid
from samples.rows.comprehensive import Booking
from samples.rows.ussd import (
    COMPLETED,
    TIMEOUT,
    Dialled,
    account_row,
    booking_row,
    case_row,
    customer_row,
    menu_row,
    session_row,
    transaction_row,
)
from samples.spellings import bare, plus, short
from samples.tables import Row, Table
from samples.world import World

RECENT = timedelta(days=90)
SUBSCRIBER_SHARE = 0.3  # of all people dial in
PLUS_SHARE = 0.1  # of sessions have the number with a plus
BOOKED_SHARE = 0.3  # of a subscriber's core bookings went through the menu
MENUS = (("main", "balance"), ("main", "transfer", "amount", "confirm"), ("main",))
OPEN, CLOSED = 0, 4  # CaseStatus

MASTERS = (
    Master(known=0.35, again=0.02, names={short: 100}, phones={plus: 100}, emails=0.95, birth_dates=0.5),
)  # fmt: skip


def draw_subscribers(rng: Random, known: Sequence[Record], world: World) -> list[Record]:
    """Whoever has a number of her own and dials in. A relative who lives on it is the same subscriber."""
    return [
        Record(
            system="ussd",
            entity="subscribers",
            id="".join(filter(str.isdecimal, bare(person.phone))),
            person=person.id,
            name=(),
            phone=bare(person.phone),
        )
        for person in world.people
        if rng.random() < SUBSCRIBER_SHARE
    ]


def write_ussd(world: World) -> tuple[Table, ...]:
    """All rows of WekezaCRM that concern customers and USSD."""
    rng = world.generator("ussd")
    customers = [record for record in world.records["ussd"] if record.entity == "customers"]
    subscribers = [record for record in world.records["ussd"] if record.entity == "subscribers"]
    return *_draw_crm(rng, customers, world.now), *_draw_channel(rng, subscribers, world)


def _draw_crm(rng: Random, customers: Sequence[Record], now: datetime) -> Iterator[Table]:
    rows: dict[str, list[Row]] = defaultdict(list)
    taken: set[str] = set()
    cases = count(1)
    for number, record in enumerate(customers, start=1):
        email = record.email if record.email and record.email.lower() not in taken else f"customer{number}@example.com"
        taken.add(email.lower())
        created_at = between(rng, now - timedelta(days=900), now - RECENT)
        updated_at = between(rng, created_at, now) if rng.random() < 0.5 else None
        reference = f"CUS-{created_at:%Y%m%d%H%M%S}-{rng.getrandbits(24):06x}"
        rows["Customers"].append(customer_row(record, email, reference, created_at, updated_at))
        if rng.random() < 0.4:
            account, amount = draw_uuid(rng), Decimal(rng.randint(100, 100_000))
            rows["Accounts"].append(account_row(account, record.id, f"CRM{number:07d}", amount, created_at))
            rows["Transactions"].append(transaction_row(draw_uuid(rng), account, number, amount, created_at))
        if rng.random() < 0.1:
            opened_at = between(rng, now - RECENT, now)
            closed_at = between(rng, opened_at, now) if rng.random() < 0.5 else None
            status = CLOSED if closed_at else OPEN
            rows["Cases"].append(case_row(draw_uuid(rng), record.id, next(cases), status, opened_at, closed_at))
    for name in ("Customers", "Accounts", "Transactions", "Cases"):
        yield Table(name, rows[name])


def _draw_channel(rng: Random, subscribers: Sequence[Record], world: World) -> Iterator[Table]:
    bookings_of = defaultdict[str, list[Booking]](list)
    for record, booking in world.bookings:
        if booking.type != "Deposit":
            bookings_of[record.person].append(booking)
    rows: dict[str, list[Row]] = defaultdict(list)
    for subscriber in subscribers:
        booked = [booking for booking in bookings_of[subscriber.person] if rng.random() < BOOKED_SHARE]
        for booking in booked:
            session = _dial(rng, subscriber, MENUS[1], booking.at - timedelta(seconds=60))
            rows["USSDTransactions"].append(booking_row(draw_uuid(rng), session, booking))
            _write_session(rng, session, COMPLETED, rows)
        # Whoever booked nothing has dialled in at least once.
        for _ in range(rng.randint(0 if booked else 1, 3)):
            at = between(rng, world.now - RECENT, world.now - timedelta(hours=1))
            status = TIMEOUT if rng.random() < 0.2 else COMPLETED
            _write_session(rng, _dial(rng, subscriber, rng.choice(MENUS), at), status, rows)
    for name in ("USSDSessions", "USSDMenuEvents", "USSDTransactions"):
        yield Table(name, rows[name])


def _dial(rng: Random, subscriber: Record, menus: tuple[str, ...], at: datetime) -> Dialled:
    msisdn = subscriber.phone or ""
    return Dialled(id=draw_uuid(rng), msisdn=f"+{msisdn}" if rng.random() < PLUS_SHARE else msisdn, menus=menus, at=at)


def _write_session(rng: Random, session: Dialled, status: int, rows: dict[str, list[Row]]) -> None:
    rows["USSDSessions"].append(session_row(session, status))
    rows["USSDMenuEvents"] += [menu_row(draw_uuid(rng), session, n) for n in range(len(session.menus))]
