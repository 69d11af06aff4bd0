"""The breaker: a source that was emptied or wrongly restored must not end thousands of records unasked. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from graph.errors import IdentityError
from ingest.scans import Missing


class SourceHeld(IdentityError):
    """A run that a person has to accept; nothing of it was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """How many records of a table may end in one run unasked: a share of them, but never fewer than ``least``."""

    share: float
    least: int

    def refuse(self, system: str, title: str, tables: Iterable[Missing]) -> None:
        """Raises SourceHeld, which says what the run would do, if it would end more records than that."""
        far = [it for it in tables if len(it.keys) > max(self.least, int(self.share * it.held))]
        if far:
            told = ", ".join(f"{len(it.keys):,} of {it.held:,} records of {it.table.name}" for it in far)
            raise SourceHeld(
                f"{title} has no longer {told}: nothing of this run was written. If it was emptied or restored "
                "wrongly, put it right; if they are gone for good, accept it with "
                f"`wekeza ingest once {system} --accept`."
            )
