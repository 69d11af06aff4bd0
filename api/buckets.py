"""How often somebody may come: token buckets in memory, of one process, for a bounded number of names."""

from collections.abc import Callable
from time import monotonic

NAMES = 10_000  # remembered, those used last; one that was forgotten starts anew


class Buckets:
    """``rate`` a second in the long run, ``burst`` at once. Of each name only the moment is kept when it has used up
    what it was given."""

    def __init__(self, *, rate: float, burst: int, clock: Callable[[], float] = monotonic) -> None:
        self._interval = 1 / rate
        self._slack = (burst - 1) / rate
        self._clock = clock
        self._due: dict[str, float] = {}  # in the order of last use

    def take(self, name: str) -> float:
        """Take one; answers 0, or the seconds to wait, and then nothing was taken."""
        now = self._clock()
        due = max(self._due.pop(name, now), now)
        wait = due - now - self._slack
        self._due[name] = due if wait > 0 else due + self._interval
        if len(self._due) > NAMES:
            del self._due[next(iter(self._due))]
        return max(wait, 0.0)
