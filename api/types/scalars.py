"""Values that leave the graph as text and stay text."""

from typing import Any, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

DateTime = NewType("DateTime", str)
Date = NewType("Date", str)
Amount = NewType("Amount", str)

SCALARS: dict[object, ScalarDefinition] = {
    DateTime: strawberry.scalar(name="DateTime", description="A moment in UTC: ISO 8601, ends in Z.", serialize=str),
    Date: strawberry.scalar(
        name="Date", description="A day: ISO 8601, YYYY-MM-DD; YYYY alone where it is masked.", serialize=str
    ),
    Amount: strawberry.scalar(
        name="Decimal", description="An exact decimal number as text, never a float.", serialize=str
    ),
}


def utc_text(moment: Any) -> DateTime:
    """An aware datetime as the graph would spell it."""
    return DateTime(moment.isoformat().replace("+00:00", "Z"))
