"""How much a resolution would change of what is known, so that a person is asked before thousands of ids move. Pure.

A new record may bring customers together who were two: that is what a new source is for. What counts is a record that
goes from one id to another although nobody new has come to it: its source took back what it had said.
"""

from collections.abc import Set
from dataclasses import dataclass, field

from graph.errors import IdentityError
from graph.events import Change


class Upheaval(IdentityError):
    """A resolution that a person has to accept; nothing of it was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How many customers may lose records unasked: a share of all, but never fewer than ``least``."""

    share: float
    least: int

    def allowed(self, customers: int) -> int:
        return max(self.least, int(self.share * customers))


def bereft(change: Change) -> Set[str]:
    """The GCIDs from which records go to customers whom no record has joined that is new."""
    joined = {gcid for key, gcid in change.new.items() if key not in change.old}
    return {
        change.old[key]
        for key, gcid in change.new.items()
        if key in change.old and change.old[key] != gcid and gcid not in joined
    }


@dataclass(slots=True)
class Quota:
    """What is left of a limit in one resolution."""

    limit: Limit
    customers: int  # all that there are
    bereft: set[str] = field(default_factory=set)

    def take(self, change: Change) -> None:
        """Raises Upheaval if with this change more customers than allowed would have lost records."""
        self.bereft |= bereft(change)
        allowed = self.limit.allowed(self.customers)
        if len(self.bereft) > allowed:
            raise Upheaval(
                f"Resolving would take records away from {len(self.bereft):,} or more of {self.customers:,} customers, "
                f"and {allowed:,} are allowed unasked, so it was not done: has a source been emptied, or restored "
                "wrongly? `wekeza resolve --dry-run` shows what would change; put the source right, or accept it with "
                "`wekeza resolve --accept`."
            )
