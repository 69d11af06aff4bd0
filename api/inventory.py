"""What the bank's inventory says of each system: told to the service from outside, for it knows no source file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """One source as its file describes it."""

    name: str
    title: str
    number: int  # in the inventory
    category: str
    purpose: str
    databases: tuple[str, ...]
    engines: tuple[str, ...]  # of the databases, in their order
    pattern: str
    writes: str  # how often the system itself writes
    every: timedelta  # how often it is read
    data_classes: tuple[str, ...]
    schema_state: str  # real, nearest or proposed
    schema_place: str | None  # repository and path
    attributes: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)  # table, name -> data classes
    entities: tuple[str, ...] = ()  # its tables of customers, as keys of records name them
    expected: Mapping[tuple[str, str], float] = field(default_factory=dict)  # table and field -> share of rows
