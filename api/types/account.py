import strawberry

from api.projected import projected
from api.types.activity import Transaction, marked
from api.types.connection import Connection, paged
from api.types.holding import Card, Loan
from api.types.money import Money, money
from api.types.relationship import Holder
from api.types.scalars import Amount, DateTime
from graph.projection import Expression, Instant, Page, Rows, Value


@strawberry.type(description="An account in one system; numbers are not unique across systems.")
class Account:
    key: str = projected(Value("account.key"), "system|entity|id of the source's row.")
    system: str = projected(Value("account.system"), "The system that told us of it.")
    number: str | None = projected(Value("account.number"), "The account number.")
    product: str | None = projected(Value("account.product"), "The product, as the source names it.")
    status: str | None = projected(Value("account.status"), "The source's own status.")
    balance: Money | None = projected(money("account.balance_minor", "account.currency"), "The booked balance.")
    available: Money | None = projected(money("account.available_minor", "account.currency"), "What can be spent.")
    currency: str | None = projected(Value("account.currency"), "ISO 4217 code.")
    opened_at: DateTime | None = projected(Instant("account.opened_at"), "When it was opened.")
    updated_at: DateTime | None = projected(Instant("account.updated_at"), "When the source last changed it.")
    authoritative: bool = projected(
        marked("account.authoritative"), "Whether this system speaks for the balance; false for a copy of another's."
    )
    role: str | None = projected(Value("holding.role"), "What the owner is to it: holder or joint.")
    owner: str = projected(Value("holding.owner"), "The key of her record that owns it.")
    holders: list[Holder] = projected(
        Rows("project_account_holders", "Holder"), "Everybody who may dispose of it, by each row that says so."
    )
    cards: list[Card] = projected(Rows("project_account_cards", "Card"), "Cards that draw on it, by key.")
    loans: list[Loan] = projected(Rows("project_account_loans", "Loan"), "Loans that are repaid from it, by key.")

    transactions: Connection[Transaction] = paged(
        Page("project_account_transactions", "Transaction", position=("instant", "text")),
        "Bookings on this account, newest first.",
    )


@strawberry.type(description="What her accounts in one currency hold together.")
class Balance:
    currency: str = projected(Value("currency"), "ISO 4217 code.")
    total: Amount = projected(
        Expression("project_money_amount", {"minor": "total", "currency": "currency"}),
        "The sum of the booked balances, over authoritative accounts only.",
    )
