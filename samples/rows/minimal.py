"""All rows of MinimalWekezaApi: deposits only, no phone, and nothing that tells of a change."""

from datetime import timedelta
from decimal import Decimal
from itertools import accumulate, count

from samples.activity.banking import RECENT, draw_accounts, draw_bookings
from samples.activity.moments import between
from samples.rows.comprehensive import Booking
from samples.tables import Row, Table
from samples.world import World

NAME = "minimal"


def write_minimal(world: World) -> list[Table]:
    rng, now = world.generator(NAME), world.now
    numbers = (f"WKZ-{n:08X}" for n in count(0x1A000001))  # as the other two that make such numbers: they collide
    references = (f"TXN-{n:08X}" for n in count(0x7A000001))
    customers: list[Row] = []
    accounts: list[Row] = []
    transactions: list[Row] = []
    for number, record in enumerate(world.records[NAME], start=1):
        created_at = between(rng, now - timedelta(days=1500), now - RECENT)
        first, *others = record.name
        customers.append(
            {
                "Id": record.id,
                "CustomerNumber": f"CUS-{number:08X}",
                "FirstName": first,
                "LastName": " ".join(others),
                "Email": record.email or f"cus{number:08x}@no-email.example.com",
                "IdentificationNumber": record.national_id,
                "Status": "Active",
                "CreatedAt": created_at,
            }
        )
        for account in draw_accounts(rng, record, numbers):
            opening, *bookings = draw_bookings(rng, account, references, [account.number], created_at, now)
            deposits = [booking for booking in bookings if booking.type == "Credit"]
            balances = _balances(opening, deposits)
            accounts.append(
                {
                    "Id": account.id,
                    "AccountNumber": account.number,
                    "CustomerId": record.id,
                    "CurrencyCode": account.currency,
                    "Balance": balances[-1],
                    "AvailableBalance": balances[-1],
                    "Status": "Active",
                    "AccountType": account.product,
                    "CreatedAt": created_at,
                }
            )
            transactions += map(_transaction_row, deposits, balances[1:])
    return [Table("Customers", customers), Table("Accounts", accounts), Table("Transactions", transactions)]


def _balances(opening: Booking, deposits: list[Booking]) -> list[Decimal]:
    return list(accumulate((deposit.amount for deposit in deposits), initial=opening.after))


def _transaction_row(deposit: Booking, balance: Decimal) -> Row:
    return {
        "Id": deposit.id,
        "Reference": deposit.reference,
        "AccountId": deposit.account.id,
        "Type": "Credit/Deposit",
        "Amount": deposit.amount,
        "BalanceAfter": balance,
        "CurrencyCode": deposit.account.currency,
        "Description": deposit.description,
        "Status": "Completed",
        "ProcessedBy": "System",
        "ProcessedAt": deposit.at,
    }
