"""What is true in the sample bank, and which records of it there are, before any of it is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from random import Random

from samples.activity.banking import Banking, draw_banking
from samples.companies import Company
from samples.people import Person
from samples.records import Record
from samples.rows.comprehensive import Booking


@dataclass(frozen=True, kw_only=True)
class World:
    """`records` are by system, in the order in which they were drawn; nothing happens later than `now`."""

    seed: int
    now: datetime
    people: Sequence[Person]
    companies: Sequence[Company]
    records: Mapping[str, Sequence[Record]]

    def generator(self, system: str) -> Random:
        """What a system's customers do has its own generator, so that no system's rows depend on another's."""
        return Random(f"activity {system} {self.seed}")

    @cached_property
    def banking(self) -> Banking:
        """The first core's rows and bookings, which channels, fraud and risk see too."""
        return draw_banking(Random(f"activity {self.seed}"), self.records["comprehensive"], self.now)

    @property
    def bookings(self) -> Sequence[tuple[Record, Booking]]:
        """Each with the core record whose account it is on."""
        return self.banking.bookings
