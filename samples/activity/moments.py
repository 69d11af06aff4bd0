"""Points in time."""

from datetime import datetime
from random import Random


def between(rng: Random, start: datetime, end: datetime) -> datetime:
    return start + (end - start) * rng.random()
