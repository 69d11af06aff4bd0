"""What the service needs to take decisions; the app is given one, or takes none."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from graph.review import Review
from graph.stewardship import Stewardship


@dataclass(frozen=True, slots=True)
class Office:
    """``publish`` brings the relational copy up to date after a decision."""

    stewardship: Stewardship
    review: Review
    publish: Callable[[], Awaitable[object]]
