"""The breaker: a source that was emptied or wrongly restored must not end thousands of records unasked. Pure."""

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from graph.errors import IdentityError
from ingest.scans import Missing

WINDOW = timedelta(hours=1)  # in which ends that come one by one are ends of one event


class SourceHeld(IdentityError):
    """A run that a person has to accept; nothing of it was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """How many records of a table may end in one run unasked: a share of them, but never fewer than ``least``."""

    share: float
    least: int

    def allows(self, ends: int, held: int) -> bool:
        """Whether so many of so many records may end."""
        return ends <= max(self.least, int(self.share * held))

    def refuse(self, system: str, title: str, tables: Iterable[Missing]) -> None:
        """Raises SourceHeld, which says what the run would do, if it would end more records than that."""
        far = [it for it in tables if not self.allows(len(it.keys), it.held)]
        if far:
            told = ", ".join(f"{len(it.keys):,} of {it.held:,} records of {it.table.name}" for it in far)
            raise SourceHeld(
                f"{title} has no longer {told}: nothing of this run was written. If it was emptied or restored "
                "wrongly, put it right; if they are gone for good, accept it with "
                f"`wekeza ingest once {system} --accept`."
            )


class RecentEnds:
    """How many records of each table ended within the window, as a source told of them."""

    def __init__(self) -> None:
        self._ends: defaultdict[str, deque[tuple[datetime, int]]] = defaultdict(deque)

    def add(self, table: str, ends: int, now: datetime) -> int:
        """Answers how many there are with these."""
        told = self._ends[table]
        told.append((now, ends))
        while told[0][0] <= now - WINDOW:
            told.popleft()
        return sum(number for _, number in told)
