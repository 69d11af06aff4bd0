"""The whole content of the sources, drawn from one seed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from samples.collisions import FIXED_RECORDS
from samples.companies import draw_companies
from samples.people import draw_people
from samples.records import Record, draw_records
from samples.systems import SYSTEMS
from samples.tables import Table
from samples.truth import Truth
from samples.world import World


@dataclass(frozen=True, slots=True)
class Population:
    """System -> its tables in load order, and who is who."""

    tables: Mapping[str, tuple[Table, ...]]
    truth: Truth


def populate(people: int, seed: int, now: datetime, systems: Collection[str] = tuple(SYSTEMS)) -> Population:
    """The fixed people and `people` drawn ones, in all systems or some.

    The same arguments give the same rows, and a system's rows do not depend on which others are asked for. Nothing is
    later than `now`.
    """
    world = _draw_world(people, seed, now)
    return Population({name: tuple(SYSTEMS[name].write(world)) for name in systems}, _truth(world, systems))


def draw_truth(people: int, seed: int, systems: Collection[str] = tuple(SYSTEMS)) -> Truth:
    """Who is who in that population, without drawing what they do."""
    return _truth(_draw_world(people, seed, datetime.now(UTC)), systems)


def _draw_world(count: int, seed: int, now: datetime) -> World:
    if count < 1:
        raise ValueError(f"A sample bank needs at least one person, not {count}.")
    rng = Random(f"people {seed}")
    people = draw_people(rng, count)
    records: dict[str, list[Record]] = {name: [] for name in SYSTEMS}
    world = World(
        seed=seed,
        now=now,
        people=people,
        companies=draw_companies(Random(f"companies {seed}"), people),
        records=records,
    )
    for record in [*FIXED_RECORDS, *draw_records(rng, people)]:
        records[record.system].append(record)
    for name, system in SYSTEMS.items():
        records[name] += system.draw_records(world)
    return world


def _truth(world: World, systems: Collection[str]) -> Truth:
    return Truth({record.key: record.person for name in systems for record in world.records[name]})
