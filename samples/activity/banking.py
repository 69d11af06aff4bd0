"""What customers do in core: accounts, bookings whose balances add up, some loans and cards, a few businesses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from random import Random

from samples.activity.moments import between
from samples.people import draw_phone
from samples.records import Record, draw_uuid
from samples.rows.comprehensive import (
    NIL,
    Account,
    Booking,
    account_row,
    business_row,
    card_row,
    customer_row,
    loan_row,
    signatory_row,
    transaction_row,
)
from samples.spellings import plus
from samples.tables import Row, Table

RECENT = timedelta(days=90)
BUSINESSES = ("Baraka Hardware", "Mavuno Fresh Produce", "Tumaini Traders", "Savannah Tours", "Nuru Electronics")
DESCRIPTIONS = {
    "Credit": ("Salary", "M-Pesa deposit", "Transfer received", "Chama payout"),
    "Debit": ("Rent", "School fees", "Electricity", "Transfer sent", "Supermarket"),
}


@dataclass(frozen=True, slots=True)
class Banking:
    """Core's tables in load order, and its bookings with whose they are, for the systems that saw them too."""

    tables: tuple[Table, ...]
    bookings: tuple[tuple[Record, Booking], ...]


def draw_banking(rng: Random, customers: Sequence[Record], now: datetime) -> Banking:
    """All rows of core for these customer records; nothing in them is later than `now`."""
    account_numbers = (f"WKZ{n:08d}" for n in count(10_000_001))
    references = (f"DEP{n:08d}" for n in count(1))
    customer_rows: list[Row] = []
    opened: list[tuple[Record, Account, datetime]] = []
    for number, record in enumerate(customers, start=100_001):
        created_at = now - timedelta(days=rng.uniform(100, 3000))
        customer_rows.append(customer_row(record, number, created_at, between(rng, created_at, now)))
        for account in _draw_accounts(rng, record, account_numbers):
            opened.append((record, account, between(rng, created_at, now - RECENT)))
    ours = [account.number for _, account, _ in opened]
    account_rows: list[Row] = []
    bookings: list[tuple[Record, Booking]] = []
    for record, account, opened_at in opened:
        drawn = _draw_bookings(rng, account, references, ours, opened_at, now)
        bookings += ((record, booking) for booking in drawn)
        account_rows.append(account_row(account, drawn[-1].after, opened_at, drawn[-1].at))
    tables = (
        Table("Customers", customer_rows),
        Table("Businesses", _draw_businesses(rng, opened, now)),
        Table("Accounts", account_rows),
        Table("Transactions", [transaction_row(booking) for _, booking in bookings]),
        *_draw_products(rng, opened, now),
    )
    return Banking(tables, tuple(bookings))


def _draw_accounts(rng: Random, record: Record, numbers: Iterator[str]) -> list[Account]:
    accounts = [
        Account(
            id=draw_uuid(rng), number=next(numbers), customer_id=record.id, product=rng.choice(("Savings", "Current"))
        )
    ]
    if rng.random() < 0.3:
        currency = "USD" if rng.random() < 0.25 else "KES"
        accounts.append(
            Account(
                id=draw_uuid(rng), number=next(numbers), customer_id=record.id, currency=currency, product="Current"
            )
        )
    return accounts


def _draw_bookings(
    rng: Random, account: Account, references: Iterator[str], ours: Sequence[str], opened_at: datetime, now: datetime
) -> list[Booking]:
    """The opening deposit, then a few bookings of the last 90 days in order of time."""
    scale = 100 if account.currency == "KES" else 1
    balance = Decimal(rng.randint(50, 5000) * scale).quantize(NIL)
    opening = Booking(
        id=draw_uuid(rng),
        reference=next(references),
        account=account,
        type="Deposit",
        amount=balance,
        before=NIL,
        after=balance,
        description="Initial deposit",
        related_account=None,
        at=opened_at,
    )
    bookings = [opening]
    for at in sorted(between(rng, now - RECENT, now) for _ in range(rng.randint(2, 6))):
        amount = Decimal(rng.randint(100, 200_000 * scale)).scaleb(-2)
        kind = "Debit" if amount <= balance and rng.random() < 0.6 else "Credit"
        after = balance + amount if kind == "Credit" else balance - amount
        booking = Booking(
            id=draw_uuid(rng),
            reference=next(references),
            account=account,
            type=kind,
            amount=amount,
            before=balance,
            after=after,
            description=rng.choice(DESCRIPTIONS[kind]),
            related_account=_draw_related(rng, ours),
            at=at,
        )
        bookings.append(booking)
        balance = after
    return bookings


def _draw_related(rng: Random, ours: Sequence[str]) -> str | None:
    """The other side: one of our accounts, one at another bank (thirteen digits), or none."""
    draw = rng.random()
    if draw < 0.25:
        return rng.choice(ours)
    return f"01{rng.randint(0, 10**11 - 1):011d}" if draw < 0.5 else None


def _draw_products(
    rng: Random, opened: Sequence[tuple[Record, Account, datetime]], now: datetime
) -> tuple[Table, Table, Table]:
    loans: list[Row] = []
    cards: list[Row] = []
    for record, account, opened_at in opened:
        if account.currency != "KES":
            continue
        if rng.random() < 0.10:
            principal = Decimal(rng.randint(20, 500) * 1000).quantize(NIL)
            loans.append(loan_row(draw_uuid(rng), len(loans) + 1, account, principal, between(rng, opened_at, now)))
        if rng.random() < 0.35:
            # 999999 is no issuer's prefix: these numbers belong to no real card.
            number = f"999999{len(cards) + 1:010d}"
            cards.append(card_row(draw_uuid(rng), number, account, record.full_name, between(rng, opened_at, now)))
    signatories = [
        signatory_row(draw_uuid(rng), account, record.full_name, record.national_id or "", opened_at)
        for record, account, opened_at in opened[: len(BUSINESSES)]
    ]
    return Table("Loans", loans), Table("Cards", cards), Table("Signatories", signatories)


def _draw_businesses(rng: Random, opened: Sequence[tuple[Record, Account, datetime]], now: datetime) -> list[Row]:
    phones: set[str] = set()
    return [
        business_row(draw_uuid(rng), number, name, record.full_name, plus(draw_phone(rng, phones)), now - RECENT)
        for number, (name, (record, _, _)) in enumerate(zip(BUSINESSES, opened, strict=False), start=1)
    ]
