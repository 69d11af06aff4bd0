"""All rows of DatabaseWekezaApi, whose tables are those of the first core, with numbers of its own.

No endpoint creates a loan, a company's account cannot be created as coded, and what a form does not ask for is an empty
string.
"""

from datetime import timedelta
from itertools import count

from samples.activity.banking import (
    RECENT,
    Opened,
    draw_accounts,
    draw_bookings,
    draw_products,
    write_businesses,
    write_signatories,
)
from samples.activity.moments import between
from samples.rows.comprehensive import account_row, customer_row, transaction_row
from samples.tables import Row, Table
from samples.world import World

NAME = "database_api"


def write_database_api(world: World) -> list[Table]:
    rng, now, records = world.generator(NAME), world.now, world.records[NAME]
    numbers = (f"WKZ-{n:08X}" for n in count(0x1A000001))  # as the other two that make such numbers: they collide
    references = (f"DEP-{n:08X}" for n in count(0x5A000001))
    customers: list[Row] = []
    opened: list[Opened] = []
    for number, record in enumerate((it for it in records if it.entity == "customers"), start=1):
        created_at = between(rng, now - timedelta(days=1500), now - RECENT)
        row = customer_row(record, number, created_at, created_at)
        customers.append(row | {"CustomerNumber": f"CUS-{number:08X}", "KYCStatus": "Pending"})
        opened += ((record, account, created_at) for account in draw_accounts(rng, record, numbers))
    ours = [account.number for _, account, _ in opened]
    accounts: list[Row] = []
    transactions: list[Row] = []
    for _, account, opened_at in opened:
        first, *bookings = draw_bookings(rng, account, references, ours, opened_at, now)
        transactions += map(transaction_row, bookings)
        # Deposits and withdrawals leave UpdatedAt where it was; the first deposit is no transaction.
        balance = bookings[-1].after if bookings else first.after
        accounts.append(account_row(account, balance, opened_at, opened_at))
    businesses = [
        row | {"BusinessName": "", "KraPin": "", "TaxIdentificationNumber": row["KraPin"] or None}
        for row in write_businesses(records, now)
    ]
    _, cards = draw_products(rng, opened, now)
    return [
        Table("Customers", customers),
        Table("Businesses", businesses),
        Table("Accounts", accounts),
        Table("Transactions", transactions),
        Table("Loans", ()),
        cards,
        Table("Signatories", write_signatories(records, opened)),
    ]
