"""Values that leave the graph as text and stay text."""

from datetime import UTC, datetime
from typing import Any, NewType

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

DateTime = NewType("DateTime", str)
Date = NewType("Date", str)
Amount = NewType("Amount", str)


def utc_text(moment: datetime) -> DateTime:
    """An aware datetime as the graph would spell it."""
    whole, point, fraction = moment.astimezone(UTC).isoformat().removesuffix("+00:00").partition(".")
    return DateTime(f"{whole}{point}{fraction.rstrip('0')}Z")


def _spell(moment: Any) -> str:
    """What the graph answered is text already, what the ledger answered is a datetime."""
    return utc_text(moment) if isinstance(moment, datetime) else str(moment)


def _read(text: Any) -> str:
    """A moment that a caller wrote; in UTC unless it says otherwise."""
    if not isinstance(text, str):
        raise GraphQLError("A moment is text: ISO 8601, such as 2026-03-03T08:00:00Z.")
    try:
        found = datetime.fromisoformat(text)
        return utc_text(found if found.tzinfo else found.replace(tzinfo=UTC))
    except (ValueError, OverflowError):  # a time zone may lead out of the calendar
        raise GraphQLError("This is no moment: write it in ISO 8601, such as 2026-03-03T08:00:00Z.") from None


SCALARS: dict[object, ScalarDefinition] = {
    DateTime: strawberry.scalar(
        name="DateTime", description="A moment in UTC: ISO 8601, ends in Z.", serialize=_spell, parse_value=_read
    ),
    Date: strawberry.scalar(
        name="Date", description="A day: ISO 8601, YYYY-MM-DD; YYYY alone where it is masked.", serialize=str
    ),
    Amount: strawberry.scalar(
        name="Decimal", description="An exact decimal number as text, never a float.", serialize=str
    ),
}
