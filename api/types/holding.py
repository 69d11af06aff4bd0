"""What she holds besides accounts: loans and cards."""

import strawberry

from api.projected import projected
from api.types.money import Money, money
from api.types.scalars import DateTime
from graph.projection import Instant, Rows, Value


@strawberry.type(description="A loan in one system.")
class Loan:
    key: str = projected(Value("loan.key"), "system|entity|id of the source's row.")
    system: str = projected(Value("loan.system"), "The system that told us of it.")
    number: str | None = projected(Value("loan.number"), "The loan's number.")
    product: str | None = projected(Value("loan.product"), "The product, as the source names it.")
    status: str | None = projected(Value("loan.status"), "The source's own status.")
    principal: Money | None = projected(money("loan.principal_minor", "loan.currency"), "What was lent.")
    outstanding: Money | None = projected(money("loan.outstanding_minor", "loan.currency"), "What is still owed.")
    currency: str | None = projected(Value("loan.currency"), "ISO 4217 code.")
    rate: float | None = projected(Value("loan.rate"), "Interest, in percent a year.")
    opened_at: DateTime | None = projected(Instant("loan.opened_at"), "When it was opened.")
    matures_at: DateTime | None = projected(Instant("loan.matures_at"), "When it is due.")
    updated_at: DateTime | None = projected(Instant("loan.updated_at"), "When the source last changed it.")
    borrower: str | None = projected(Rows("project_loan_borrower", one=True), "The key of the record that owes it.")
    account: str | None = projected(
        Rows("project_loan_account", one=True), "The key of the account that it is repaid from."
    )


@strawberry.type(description="A card in one system, without its number.")
class Card:
    key: str = projected(Value("card.key"), "system|entity|id of the source's row.")
    system: str = projected(Value("card.system"), "The system that told us of it.")
    last_four: str | None = projected(Value("card.last_four"), "The last four digits of its number.")
    fingerprint: str | None = projected(
        Value("card.fingerprint"), "A keyed hash of its number, by which equal numbers are known."
    )
    type: str | None = projected(Value("card.type"), "The kind of card, as the source names it.")
    status: str | None = projected(Value("card.status"), "The source's own status.")
    issued_at: DateTime | None = projected(Instant("card.issued_at"), "When it was issued.")
    expires_at: DateTime | None = projected(Instant("card.expires_at"), "When it expires.")
    updated_at: DateTime | None = projected(Instant("card.updated_at"), "When the source last changed it.")
    holder: str | None = projected(Rows("project_card_holder", one=True), "The key of the record that carries it.")
    account: str | None = projected(Rows("project_card_account", one=True), "The key of the account that it draws on.")
