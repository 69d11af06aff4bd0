"""What the data warehouse sums up every night: of customers of three systems, and of the first core's accounts."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count

from samples.records import Record
from samples.rows.comprehensive import Account, Booking
from samples.tables import Row, Table
from samples.world import World

NIGHTS = 3
WINDOW = timedelta(days=30)
# Whose customers: the system, the name of its table of them, and its title in the inventory.
SUMMED = (
    ("comprehensive", "customers", "ComprehensiveWekezaApi"),
    ("core", "customers", "Wekeza.Core.Api"),
    ("web", "users", "Web Banking"),
)
FIRST_CORE = SUMMED[0][2]
SEGMENTS = ((Decimal(1_000_000), "affluent"), (Decimal(100_000), "growth"), (Decimal(0), "mass"))
GONE = "00000000-0000-4000-8000-000000000014"  # a customer whom her system no longer has


def nights(now: datetime) -> list[date]:
    """The last days that are over, oldest first."""
    return [now.date() - timedelta(days=n) for n in range(NIGHTS, 0, -1)]


def write_analytics(world: World) -> tuple[Table, ...]:
    customers, accounts = count(1), count(1)
    by_customer: dict[str, list[Booking]] = defaultdict(list)
    by_account: dict[str, list[Booking]] = defaultdict(list)
    for record, booking in world.bookings:
        by_customer[record.id].append(booking)
        by_account[booking.account.id].append(booking)
    known = [(record, title) for system, entity, title in SUMMED for record in _of(world, system, entity)]
    customer_rows: list[Row] = []
    account_rows: list[Row] = []
    for day in nights(world.now):
        for record, title in known:
            made = by_customer[record.id] if title == FIRST_CORE else []
            customer_rows.append(_customer_row(next(customers), record.id, title, made, day))
        customer_rows.append(_customer_row(next(customers), GONE, FIRST_CORE, [], day))
        for made in by_account.values():
            account_rows.append(_account_row(next(accounts), made[0].account, made, day))
    return Table("customer_aggregates", customer_rows), Table("account_aggregates", account_rows)


def _of(world: World, system: str, entity: str) -> Iterator[Record]:
    return (record for record in world.records[system] if record.entity == entity)


def _customer_row(id: int, ref: str, title: str, bookings: Sequence[Booking], day: date) -> Row:
    times, amount = _summed(bookings, day)
    value = sum((booking.amount for booking in bookings), Decimal(0)) * Decimal("0.0125")
    return {
        "id": id,
        "customer_ref": ref,
        "source_system": title,
        "segment": next(name for least, name in SEGMENTS if amount >= least),
        "lifetime_value": value.quantize(Decimal("0.01")),
        "txn_count_30d": times,
        "txn_amount_30d": amount,
        "as_of_date": day,
        "generated_at": _generated(day),
    }


def _account_row(id: int, account: Account, bookings: Sequence[Booking], day: date) -> Row:
    times, amount = _summed(bookings, day)
    return {
        "id": id,
        "account_ref": account.id,
        "source_system": FIRST_CORE,
        "currency": account.currency,
        "txn_count_30d": times,
        "txn_amount_30d": amount,
        "as_of_date": day,
        "generated_at": _generated(day),
    }


def _summed(bookings: Sequence[Booking], day: date) -> tuple[int, Decimal]:
    found = [booking.amount for booking in bookings if day - WINDOW < booking.at.date() <= day]
    return len(found), sum(found, Decimal(0))


def _generated(day: date) -> datetime:
    """At two in the night after, UTC without a zone."""
    return datetime.combine(day, time(2)) + timedelta(days=1)
