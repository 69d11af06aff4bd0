"""Whom Web Banking knows, and what they do there: accounts of its own, bookings, loans, log-ins and sessions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from random import Random

from samples.activity.moments import between
from samples.companies import Company
from samples.masters import Master, by_number
from samples.records import Record
from samples.rows.web import (
    Visit,
    WebAccount,
    account_row,
    business_row,
    customer_row,
    loan_row,
    login_row,
    session_row,
    transaction_row,
    user_row,
)
from samples.spellings import familiar, legal, local, lower, plus, short, upper
from samples.tables import Row, Table
from samples.world import World

RECENT = timedelta(days=90)
DRIFT_SHARE = 0.1  # of accounts were changed without a transaction
SECTORS = ("Retail", "Agriculture", "Transport", "Health")
CREDITS = ("DEPOSIT", "CASH_IN", "TRANSFER_IN", "AGENCY_DEPOSIT", "LOAN_DISBURSEMENT")
DEBITS = ("WITHDRAWAL", "TRANSFER_OUT", "TRANSFER_FEE", "MOBILE_MONEY_OUT", "BILL_PAYMENT", "INSURANCE_PREMIUM")
SHIPPED = date(1988, 5, 20)

MASTERS = (
    Master(
        entity="users",
        known=0.4,
        again=0.03,  # with another address: only that is unique
        ids=by_number,
        names={short: 60, legal: 20, familiar: 10, lower: 10},
        phones={local: 100},
        empty_phones=0.1,
        national_ids=0.7,
        document_is_unique=False,
        emails=0.9,
    ),
    Master(
        entity="customers",
        known=0.3,
        ids=by_number,
        names={legal: 70, upper: 30},
        phones={plus: 100},
        national_ids=1,
        emails=0.6,
        birth_dates=0.8,
    ),
    Master(entity="businesses", of=Company, known=0.6, ids=by_number, registrations=1, tax_pins=1),
)

# As shipped: users and branch customers of one system who share phones with each other and with other systems' people.
_USERS = (
    ("john-doe", ("John", "Doe"), "12345678", "0712345678", "john@test.com"),
    ("jane-smith", ("Jane", "Smith"), "23456789", "0723456789", "jane@test.com"),
    ("michael-johnson", ("Mike", "Johnson"), "34567890", "0734567890", "mike@test.com"),
)
_CUSTOMERS = (
    ("john-doe", ("John", "Doe"), "12345678", "+254712345678", "john@email.com"),
    ("alice-wanjiku", ("Alice", "Wanjiku"), "87654321", "+254723456789", None),
    ("peter-kamau", ("Peter", "Kamau"), "11223344", "+254734567890", None),
)


def draw_shipped(rng: Random, known: Sequence[Record], world: World) -> list[Record]:
    """The people of the system's own seed scripts, in every bank."""
    return [
        Record(
            system="web", entity=entity, id=str(id), person=person, name=name, national_id=document, phone=phone,
            email=email, birth_date=SHIPPED if entity == "customers" and person == "john-doe" else None,
        )
        for entity, people in (("users", _USERS), ("customers", _CUSTOMERS))
        for id, (person, name, document, phone, email) in enumerate(people, start=1)
    ]  # fmt: skip


def write_web(world: World) -> tuple[Table, ...]:
    """All rows of Web Banking but its credit scores, which the Risk Modules write."""
    rng, records = world.generator("web"), world.records["web"]
    users, customers, businesses = (_of(records, entity) for entity in ("users", "customers", "businesses"))
    emails = _draw_emails(users)
    opened = {record.key: between(rng, world.now - timedelta(days=900), world.now - RECENT) for record in records}
    accounts = list(_draw_accounts(rng, [*users, *businesses], opened))
    bookings = _Bookings(rng, world.now)
    account_rows = [bookings.fill(account) for account in accounts]
    visits = [visit for user in users for visit in _draw_visits(rng, user, emails[user.id], world.now)]
    return (
        Table("businesses", [business_row(it, rng.choice(SECTORS), opened[it.key]) for it in businesses]),
        Table("users", _user_rows(users, emails, opened, _represented(world, businesses))),
        Table(
            "customers", [customer_row(it, opened[it.key], between(rng, opened[it.key], world.now)) for it in customers]
        ),
        Table("accounts", account_rows),
        Table("transactions", bookings.rows),
        Table("loans", list(_draw_loans(rng, users, world.now))),
        Table("web_sessions", [session_row(f"{rng.getrandbits(128):032x}", visit) for visit in visits]),
        Table("login_history", list(_draw_logins(rng, visits))),
    )


def _of(records: Sequence[Record], entity: str) -> list[Record]:
    return [record for record in records if record.entity == entity]


def _draw_emails(users: Sequence[Record]) -> dict[str, str]:
    """By user id: an address is required and, without regard to case, unique."""
    taken: set[str] = set()
    emails: dict[str, str] = {}
    for user in users:
        email = user.email if user.email and user.email.lower() not in taken else f"user{user.id}@example.com"
        taken.add(email.lower())
        emails[user.id] = email
    return emails


def _represented(world: World, businesses: Sequence[Record]) -> dict[str, str]:
    """Person -> the id of the business that he acts for, the last of them."""
    ids = {record.person: record.id for record in businesses}
    return {person.id: ids[it.id] for it in world.companies if it.id in ids for person in it.directors}


def _user_rows(
    users: Sequence[Record], emails: Mapping[str, str], opened: Mapping[str, datetime], represented: Mapping[str, str]
) -> list[Row]:
    return [user_row(it, emails[it.id], represented.get(it.person), opened[it.key]) for it in users]


def _draw_accounts(rng: Random, owners: Sequence[Record], opened: Mapping[str, datetime]) -> Iterator[WebAccount]:
    ids = count(1)
    for owner in owners:
        at, number = opened[owner.key], int(owner.id)
        if owner.is_company:
            yield WebAccount(id=next(ids), number=f"BIZ{1_000_000 + number}", opened_at=at, business_id=owner.id)
            continue
        yield WebAccount(id=next(ids), number=f"ACC{1_000_000 + number}", opened_at=at, user_id=owner.id)
        if rng.random() < 0.2:
            yield WebAccount(id=next(ids), number=f"P-{number:06d}", opened_at=at, user_id=owner.id)


class _Bookings:
    """The transactions of all accounts, numbered in the order in which they are drawn."""

    def __init__(self, rng: Random, now: datetime) -> None:
        self._rng = rng
        self._now = now
        self.rows: list[Row] = []

    def fill(self, account: WebAccount) -> Row:
        """Draw an account's transactions and give its row, whose balance is what they come to, or has drifted."""
        rng = self._rng
        balance = self._book(account, "INITIAL_DEPOSIT", Decimal(rng.randint(500, 50_000)), account.opened_at)
        for at in sorted(between(rng, self._now - RECENT, self._now) for _ in range(rng.randint(0, 5))):
            amount = Decimal(rng.randint(100, 1_000_000)).scaleb(-2)
            if amount <= balance and rng.random() < 0.6:
                balance -= self._book(account, rng.choice(DEBITS), amount, at)
            else:
                balance += self._book(account, rng.choice(CREDITS), amount, at)
        if rng.random() < DRIFT_SHARE:
            balance += Decimal(rng.randint(1, 100_000)).scaleb(-2)
        return account_row(account, balance, "DORMANT" if rng.random() < 0.05 else "ACTIVE")

    def _book(self, account: WebAccount, kind: str, amount: Decimal, at: datetime) -> Decimal:
        self.rows.append(transaction_row(len(self.rows) + 1, account, kind, amount, at))
        return amount


def _draw_loans(rng: Random, users: Sequence[Record], now: datetime) -> Iterator[Row]:
    ids = count(1)
    for user in users:
        if rng.random() < 0.12:
            principal = Decimal(rng.randint(5, 300) * 1_000)
            status = rng.choice(("ACTIVE", "ACTIVE", "PAID", "DEFAULTED", "REJECTED"))
            remaining = principal * rng.randint(10, 90) / 100 if status in ("ACTIVE", "DEFAULTED") else Decimal(0)
            yield loan_row(next(ids), user.id, principal, remaining, status, between(rng, now - 4 * RECENT, now))


@dataclass(frozen=True, slots=True)
class _Browser:
    name: str
    fingerprint: str
    ip_address: str


def _draw_visits(rng: Random, user: Record, email: str, now: datetime) -> Iterator[Visit]:
    browser = _Browser(
        name=rng.choice(("Chrome", "Firefox", "Safari", "Edge")),
        fingerprint=f"fp-{rng.getrandbits(64):016x}",
        # 198.18.0.0/15 is reserved for benchmarks: nobody's address.
        ip_address=f"198.19.{rng.randint(0, 255)}.{rng.randint(1, 254)}",
    )
    for _ in range(rng.randint(0, 3)):
        at = between(rng, now - RECENT, now - timedelta(hours=1))
        yield Visit(
            user=user,
            email=email,
            fingerprint=browser.fingerprint,
            browser=browser.name,
            ip_address=browser.ip_address,
            at=at,
            until=at + timedelta(minutes=rng.uniform(1, 30)),
        )


def _draw_logins(rng: Random, visits: Sequence[Visit]) -> Iterator[Row]:
    """A log-in for each session; now and then a failed one before it, or one under an address that nobody has."""
    ids = count(1)
    for visit in visits:
        draw = rng.random()
        if draw < 0.06:
            yield login_row(next(ids), visit, success=False)
        elif draw < 0.09:
            yield login_row(next(ids), visit, known=False, success=False)
        yield login_row(next(ids), visit)
