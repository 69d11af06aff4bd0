"""All rows of Wekeza.Core.Api: customers and parties, users, accounts of customers, loans of both.

Times without a zone are UTC. Documents, relationships and guarantors are lists within a party's or a loan's row.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from random import Random

from samples.activity.banking import RECENT, draw_accounts, draw_bookings
from samples.activity.moments import between
from samples.records import Record, draw_uuid
from samples.rows.comprehensive import NIL, Account, Booking
from samples.rows.core_parties import write_parties, write_party_loans
from samples.tables import Row, Table
from samples.world import World

NAME = "core"
USER_SHARE = 0.25  # of the customers with an address use the portal
TYPES = {"Deposit": "Deposit", "Credit": "CashDeposit", "Debit": "Withdrawal"}


def draw_users(rng: Random, known: Sequence[Record], world: World) -> list[Record]:
    """Portal users: customers' own addresses, under a name that they typed themselves."""
    return [
        Record(
            system=NAME,
            entity="users",
            id=draw_uuid(rng),
            person=customer.person,
            name=customer.name,
            email=customer.email,
            phone=customer.phone if rng.random() < 0.5 else None,
            of=customer.id,
        )
        for customer in known
        if customer.entity == "customers" and customer.email and rng.random() < USER_SHARE
    ]


def write_core(world: World) -> list[Table]:
    rng, now = world.generator(NAME), world.now
    of = {name: [it for it in world.records[NAME] if it.entity == name] for name in ("customers", "users", "parties")}
    references = (f"TX-20260101-{n:08d}" for n in count(1))
    numbers = (f"ACC{n:010d}" for n in count(1))
    user_of = {user.of: user.id for user in of["users"]}
    customers: list[Row] = []
    opened: list[tuple[Account, datetime]] = []
    for number, record in enumerate(of["customers"]):
        created_at = between(rng, now - timedelta(days=1500), now - RECENT)
        customers.append(
            _customer_row(record, number, user_of.get(record.id), created_at, between(rng, created_at, now))
        )
        opened += ((account, created_at) for account in draw_accounts(rng, record, numbers))
    accounts: list[Row] = []
    transactions: list[Row] = []
    for account, opened_at in opened:
        bookings = draw_bookings(rng, account, references, [account.number], opened_at, now)
        transactions += map(_transaction_row, bookings)
        transactions += _pending_request(rng, account, next(references), now)
        accounts.append(_account_row(account, bookings[-1], opened_at))
    return [
        Table("Users", [*map(_user_row, of["users"]), _teller_row(rng, now)]),
        Table("Customers", customers),
        Table("Accounts", accounts),
        Table("Balances", [_stale_balance_row(rng, row) for row in accounts]),
        Table("Transactions", transactions),
        Table("Loans", list(_loan_rows(rng, of["customers"], now))),
        Table("Cards", list(_card_rows(rng, opened, now))),
        Table("Parties", write_parties(rng, of["parties"], world), schema="migrated"),
        Table("Loans", list(write_party_loans(rng, of["parties"], now)), schema="migrated"),
    ]


def _customer_row(record: Record, number: int, user_id: str | None, created_at: datetime, updated_at: datetime) -> Row:
    first, *others = record.name
    return {
        "Id": record.id,
        "FirstName": first,
        "LastName": " ".join(others),
        # Whoever gives no address gets one of 32 hex digits.
        "Email": record.email or f"{record.id.replace('-', '')}@vif.local",
        "PhoneNumber": record.phone or "",
        "IdentificationNumber": record.national_id,
        "RiskRating": number % 4,  # 0 to 3, of which 0 has no name
        "IsActive": True,
        "UserId": user_id,
        "CreatedAt": created_at,
        "UpdatedAt": updated_at,
    }


def _user_row(record: Record) -> Row:
    return {
        "Id": record.id,
        "Username": f"u{record.id[:8]}",
        "Email": record.email,
        "PasswordHash": "no password opens it",
        "FullName": record.full_name,
        "Role": "Customer",
        "IsActive": True,
        "IsEmailConfirmed": True,
        "PhoneNumber": record.phone,
    }


def _teller_row(rng: Random, now: datetime) -> Row:
    """Staff stand in the same table, and are no customers."""
    name = "Daily Staff 1"
    staff = Record(system=NAME, id=draw_uuid(rng), person="", name=(name,), email="daily.staff.1@staff.example.com")
    return _user_row(staff) | {"Role": "Teller", "PhoneNumber": "+254700000001"}


def _account_row(account: Account, last: Booking, opened_at: datetime) -> Row:
    return {
        "Id": account.id,
        "AccountNumber": account.number,
        "CustomerId": account.customer_id,
        "AccountType": account.product,
        "Currency": account.currency,
        "Balance": last.after,
        "AvailableBalance": last.after,
        "Status": "Active",
        "OpenedDate": opened_at,
        "CreatedAt": opened_at,
        "UpdatedAt": last.at,
    }


def _stale_balance_row(rng: Random, account: Row) -> Row:
    """As the seed left it: nothing moves it afterwards."""
    return {
        "Id": draw_uuid(rng),
        "AccountId": account["Id"],
        "CurrentBalance": NIL,
        "AvailableBalance": NIL,
        "LedgerBalance": NIL,
        "Currency": account["Currency"],
        "AsOfDate": account["CreatedAt"],
        "CreatedAt": account["CreatedAt"],
        "UpdatedAt": account["CreatedAt"],
    }


def _transaction_row(booking: Booking) -> Row:
    return {
        "Id": booking.id,
        "TransactionReference": booking.reference,
        "AccountId": booking.account.id,
        "TransactionType": TYPES[booking.type],
        "Amount": booking.amount,
        "Currency": booking.account.currency,
        "Status": "Success" if booking.type == "Deposit" else "Completed",
        "Description": booking.description,
        "CreatedAt": booking.at,
        "ProcessedAt": booking.at,
        "BalanceAfter": booking.after,
    }


def _pending_request(rng: Random, account: Account, reference: str, now: datetime) -> list[Row]:
    """A wish to invest: of nothing, and not processed."""
    if rng.random() >= 0.03:
        return []
    booking = Booking(
        id=draw_uuid(rng),
        reference=reference,
        account=account,
        type="Deposit",
        amount=NIL,
        before=NIL,
        after=NIL,
        description="Request to invest",
        related_account=None,
        at=between(rng, now - RECENT, now),
    )
    changes = {"TransactionType": "TBill", "Status": "Pending", "ProcessedAt": None, "BalanceAfter": None}
    return [_transaction_row(booking) | changes]


def _loan_rows(rng: Random, customers: Sequence[Record], now: datetime) -> Iterator[Row]:
    for number, record in enumerate((it for it in customers if rng.random() < 0.08), start=1):
        at = between(rng, now - timedelta(days=700), now - RECENT)
        principal = Decimal(rng.randint(20, 500) * 1000).quantize(NIL)
        yield {
            "Id": draw_uuid(rng),
            "LoanNumber": f"LN-{number:08d}",
            "CustomerId": record.id,
            "PrincipalAmount": principal,
            "OutstandingBalance": principal / 2,
            "InterestRate": Decimal("14.50"),
            "LoanType": rng.choice(("Personal", "Business", "Vehicle")),
            "Status": "Active",
            "DisbursedDate": at,
            "MaturityDate": at + timedelta(days=730),
            "CreatedAt": at,
            "UpdatedAt": at,
        }


def _card_rows(rng: Random, opened: Sequence[tuple[Account, datetime]], now: datetime) -> Iterator[Row]:
    for number, (account, at) in enumerate((it for it in opened if rng.random() < 0.3), start=1):
        issued_at = between(rng, at, now)
        yield {
            "Id": draw_uuid(rng),
            # 999998 is no issuer's prefix: these numbers belong to no real card.
            "CardNumber": f"999998{number:010d}",
            "AccountId": account.id,
            "CardType": rng.choice(("Debit", "Virtual")),
            "Status": "Active",
            "ExpiryDate": issued_at + timedelta(days=3 * 365),
            "IsVirtual": False,
            "CreatedAt": issued_at,
            "UpdatedAt": issued_at,
        }
