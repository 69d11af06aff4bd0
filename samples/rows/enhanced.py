"""All rows of EnhancedWekezaApi: balances that move without a transaction, and no phone."""

from datetime import timedelta
from itertools import count

from samples.activity.banking import RECENT, draw_accounts, draw_bookings
from samples.activity.moments import between
from samples.tables import Row, Table
from samples.world import World

NAME = "enhanced"


def write_enhanced(world: World) -> list[Table]:
    rng, now = world.generator(NAME), world.now
    numbers = (f"WKZ-{n:08X}" for n in count(0x1A000001))  # as the other two that make such numbers: they collide
    customers: list[Row] = []
    accounts: list[Row] = []
    for number, record in enumerate(world.records[NAME], start=1):
        created_at = between(rng, now - timedelta(days=1500), now - RECENT)
        first, *others = record.name
        customers.append(
            {
                "Id": record.id,
                "FirstName": first,
                "LastName": " ".join(others),
                "Email": record.email or f"cus{number:08x}@no-email.example.com",
                "IdentificationNumber": record.national_id,
                "CustomerNumber": f"CUS-{number:08X}",
                "Status": "Active",
                "CreatedAt": created_at,
                "UpdatedAt": between(rng, created_at, now),
            }
        )
        for account in draw_accounts(rng, record, numbers):
            last = draw_bookings(rng, account, (f"{n}" for n in count()), [account.number], created_at, now)[-1]
            frozen = rng.random() < 0.03
            accounts.append(
                {
                    "Id": account.id,
                    "CustomerId": record.id,
                    "AccountNumber": account.number,
                    "BalanceAmount": last.after,
                    "CurrencyCode": account.currency,
                    "Status": "Active",
                    "IsFrozen": frozen,
                    "AccountType": account.product,
                    "CreatedAt": created_at,
                    "UpdatedAt": last.at,
                }
            )
    return [Table("Customers", customers), Table("Accounts", accounts), Table("Transactions", ())]
