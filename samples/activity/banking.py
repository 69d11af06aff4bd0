"""What customers do in the first core: accounts, bookings whose balances add up, loans, cards, companies' accounts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from random import Random

from samples.activity.moments import between
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
from samples.tables import Row, Table

RECENT = timedelta(days=90)
DESCRIPTIONS = {
    "Credit": ("Salary", "M-Pesa deposit", "Transfer received", "Chama payout"),
    "Debit": ("Rent", "School fees", "Electricity", "Transfer sent", "Supermarket"),
}


Opened = tuple[Record, Account, datetime]  # the customer whose or for whom it is, the account, when


@dataclass(frozen=True, slots=True)
class Banking:
    """Core's tables in load order, and its bookings with whose they are, for the systems that saw them too."""

    tables: tuple[Table, ...]
    bookings: tuple[tuple[Record, Booking], ...]


def draw_banking(rng: Random, records: Sequence[Record], now: datetime) -> Banking:
    """All rows of core for these records of customers, businesses and signatories; nothing is later than `now`."""
    account_numbers = (f"WKZ{n:08d}" for n in count(10_000_001))
    references = (f"DEP{n:08d}" for n in count(1))
    customers = [record for record in records if record.entity == "customers"]
    customer_rows: list[Row] = []
    opened: list[Opened] = []
    for number, record in enumerate(customers, start=100_001):
        created_at = now - timedelta(days=rng.uniform(100, 3000))
        customer_rows.append(customer_row(record, number, created_at, between(rng, created_at, now)))
        for account in draw_accounts(rng, record, account_numbers):
            opened.append((record, account, between(rng, created_at, now - RECENT)))
    account_rows, bookings = _book(rng, opened, references, now)
    loans, cards = draw_products(rng, opened, now)
    # Companies come last, so that what individuals do does not depend on them.
    for_businesses = list(open_for_businesses(rng, records, account_numbers, now))
    more_rows, more_bookings = _book(rng, for_businesses, references, now)
    bookings += more_bookings
    tables = (
        Table("Customers", customer_rows),
        Table("Businesses", write_businesses(records, now)),
        Table("Accounts", account_rows + more_rows),
        Table("Transactions", [transaction_row(booking) for _, booking in bookings]),
        loans,
        cards,
        Table("Signatories", write_signatories(records, [*opened, *for_businesses])),
    )
    return Banking(tables, tuple(bookings))


def _book(
    rng: Random, opened: Sequence[Opened], references: Iterator[str], now: datetime
) -> tuple[list[Row], list[tuple[Record, Booking]]]:
    ours = [account.number for _, account, _ in opened]
    rows: list[Row] = []
    bookings: list[tuple[Record, Booking]] = []
    for record, account, opened_at in opened:
        drawn = draw_bookings(rng, account, references, ours, opened_at, now)
        bookings += ((record, booking) for booking in drawn)
        rows.append(account_row(account, drawn[-1].after, opened_at, drawn[-1].at))
    return rows, bookings


def open_for_businesses(
    rng: Random, records: Sequence[Record], numbers: Iterator[str], now: datetime
) -> Iterator[Opened]:
    """An account for each business that an individual customer can be named for: the column demands one."""
    customers = {record.id: record for record in records if record.entity == "customers"}
    contact_of = {record.on: record.of for record in records if record.entity == "signatories"}
    for business in records:
        contact = customers.get(contact_of.get(business.id) or "")
        if business.entity == "businesses" and contact:
            account = Account(
                id=draw_uuid(rng),
                number=next(numbers),
                customer_id=contact.id,
                business_id=business.id,
                product="Current",
            )
            yield contact, account, between(rng, now - 2 * RECENT, now - RECENT)


def write_businesses(records: Sequence[Record], now: datetime) -> list[Row]:
    businesses = [record for record in records if record.entity == "businesses"]
    return [business_row(record, number, now - RECENT) for number, record in enumerate(businesses, start=1)]


def write_signatories(records: Sequence[Record], opened: Sequence[Opened]) -> list[Row]:
    """Each on the account of her business, or else on an account of the customer whom she was named for."""
    by_owner = {account.business_id or account.customer_id: (account, at) for _, account, at in reversed(opened)}
    signatories = [record for record in records if record.entity == "signatories"]
    homes = [by_owner[record.on if record.on in by_owner else str(record.of)] for record in signatories]
    return [signatory_row(record, account, at) for record, (account, at) in zip(signatories, homes, strict=True)]


def draw_accounts(rng: Random, record: Record, numbers: Iterator[str]) -> list[Account]:
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


def draw_bookings(
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


def draw_products(rng: Random, opened: Sequence[Opened], now: datetime) -> tuple[Table, Table]:
    loans: list[Row] = []
    cards: list[Row] = []
    for record, account, opened_at in opened:
        if account.currency != "KES" or account.business_id:
            continue
        if rng.random() < 0.10:
            principal = Decimal(rng.randint(20, 500) * 1000).quantize(NIL)
            loans.append(loan_row(draw_uuid(rng), len(loans) + 1, account, principal, between(rng, opened_at, now)))
        if rng.random() < 0.35:
            # 999999 is no issuer's prefix: these numbers belong to no real card.
            number = f"999999{len(cards) + 1:010d}"
            cards.append(card_row(draw_uuid(rng), number, account, record.full_name, between(rng, opened_at, now)))
    return Table("Loans", loans), Table("Cards", cards)
