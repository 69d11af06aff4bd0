import strawberry

from api.projected import projected
from api.types.scalars import Amount
from graph.projection import Expression, Inline, Value


@strawberry.type(description="An exact amount in one currency.")
class Money:
    amount: Amount = projected(
        Expression("project_money_amount", {"minor": "minor", "currency": "currency"}),
        "In the currency's major unit, with as many decimals as it has.",
    )
    currency: str = projected(Value("currency"), "ISO 4217 code.")


def money(minor: str, currency: str) -> Inline:
    """Integer minor units and a currency; null unless both are known."""
    return Inline("Money", {"minor": minor, "currency": currency}, needs=("minor", "currency"))
