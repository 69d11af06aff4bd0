"""The whole content of the three sources, drawn from one seed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random

from samples.activity.alerts import draw_alerts
from samples.activity.banking import draw_banking
from samples.activity.channel import draw_channel
from samples.collisions import FIXED_RECORDS
from samples.people import draw_people
from samples.records import Record, draw_records
from samples.tables import Table
from samples.truth import Truth


@dataclass(frozen=True, slots=True)
class Population:
    """System -> its tables in load order, and who is who."""

    tables: Mapping[str, tuple[Table, ...]]
    truth: Truth


def populate(people: int, seed: int, now: datetime) -> Population:
    """The fixed people and `people` drawn ones. The same arguments give the same rows; nothing is later than `now`."""
    records = _draw_all_records(people, seed)
    # Activity has its own generator, so that who is who does not depend on what they do.
    rng = Random(f"activity {seed}")
    banking = draw_banking(rng, _of("comprehensive", records), now)
    tables = {
        "comprehensive": banking.tables,
        "mobile": draw_channel(rng, _of("mobile", records), banking.bookings, now),
        "fraud": draw_alerts(rng, _of("fraud", records), banking.bookings, now),
    }
    return Population(tables, _truth(records))


def draw_truth(people: int, seed: int) -> Truth:
    """Who is who in that population, without drawing what they do."""
    return _truth(_draw_all_records(people, seed))


def _draw_all_records(people: int, seed: int) -> list[Record]:
    if people < 1:
        raise ValueError(f"A sample bank needs at least one person, not {people}.")
    rng = Random(f"people {seed}")
    return [*FIXED_RECORDS, *draw_records(rng, draw_people(rng, people))]


def _of(system: str, records: list[Record]) -> list[Record]:
    return [record for record in records if record.system == system]


def _truth(records: list[Record]) -> Truth:
    return Truth({record.key: record.person for record in records})
