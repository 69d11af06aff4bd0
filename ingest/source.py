"""A source file: one TOML in ingest/sources/ is one system, and all that the product knows of it.

The folder is the registry. Every problem of every file is told at once, with its file and field, before anything is
read from anybody.
"""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from ingest.declared import Declared, Duration, Engine, Name, Pattern, Share, Zone
from ingest.errors import ConfigError
from ingest.folder import FORMATS, Folder
from ingest.rest import Rest
from ingest.table import Table

SOURCES = Path(__file__).parent / "sources"


class Ignored(Declared):
    tables: tuple[str, ...] = ()


class Origin(Declared):
    """Where the schema is from: the system's own, that of the system nearest to it, or one that we propose."""

    state: Literal["real", "nearest", "proposed"]
    repository: str | None = None
    path: str | None = None


class Cdc(Declared):
    """How a log is followed. The publication is always its owner's, for it says what leaves the house."""

    manage: bool = False  # whether a slot that is missing or lost is made anew by us, and not by its owner


class Place(Declared):
    """Where tables of a system are read: a database, a service, a broker or a folder, and by which pattern.

    The DSN of a further place is named ``<system>_<place>`` in the settings. Tables of a place that is read by *cdc*
    are polled, too: for their first rows, and as a net beneath the stream.
    """

    pattern: Pattern
    database: str  # its name there
    engine: Engine
    timezone: Zone  # of its naive times
    folder: Folder | None = None  # of files
    rest: Rest | None = None  # of one that is read over HTTP
    cdc: Cdc = Cdc()  # of a log that is followed
    required: bool = True  # without a DSN of it the source is off; else only what is told there is not heard

    def problems(self) -> Iterator[str]:
        if (self.pattern == "files") != (self.folder is not None):
            yield "folder: goes together with the pattern files"
        if (self.pattern == "rest") != (self.rest is not None):
            yield "rest: goes together with the pattern rest"
        if self.rest:
            yield from self.rest.problems()
        if self.cdc != Cdc() and self.pattern != "cdc":
            yield "cdc: goes with the pattern cdc"
        if self.pattern == "cdc" and self.engine != "postgresql":
            yield "engine: only postgresql is followed by cdc"


class Source(Place):
    """One system, which is the place of the tables that name no other. Its DSN is no part of it: settings give that."""

    name: Name
    title: str
    number: int  # in the bank's inventory
    category: str
    purpose: str
    writes: str  # how often the system itself writes
    origin: Origin
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")]  # ISO 3166: whose identifiers it holds
    trust: Share
    accounts: Literal["authoritative", "copy"] | None = None  # whether balances here count, or copy another system's
    every: Duration
    overlap: Duration
    paused: bool = False
    window: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")] | None = None
    rows_per_second: Annotated[int, Field(ge=1)] | None = None
    places: Mapping[Name, Place] = Field(default_factory=dict)  # further ones
    tables: Annotated[tuple[Table, ...], Field(alias="table", min_length=1)]
    ignore: Ignored = Ignored()

    @property
    def dsn_names(self) -> tuple[str, ...]:
        """The names under which the settings give its DSNs, its own first."""
        return (self.name, *(f"{self.name}_{name}" for name in self.places))

    @property
    def optional_dsn_names(self) -> frozenset[str]:
        """Those of its DSNs that may be left out: what is told there, it has elsewhere, too."""
        return frozenset(f"{self.name}_{name}" for name, place in self.places.items() if not place.required)

    @property
    def patterns(self) -> tuple[Pattern, ...]:
        """The ways in which it is read, its home's first."""
        told: tuple[Pattern, ...] = ("webhooks",) if any(table.webhook for table in self.tables) else ()
        return tuple(dict.fromkeys((*(it.pattern for it in (self, *self.places.values())), *told)))

    def dsn_of_pattern(self, pattern: Pattern) -> str:
        """The name of the DSN of its first place of a pattern."""
        return self.name if self.pattern == pattern else next(self._dsn_names_of(pattern))

    def _dsn_names_of(self, pattern: Pattern) -> Iterator[str]:
        return (f"{self.name}_{name}" for name, place in self.places.items() if place.pattern == pattern)

    def place_of(self, table: Table) -> Place:
        """The place that the table is read from."""
        return self if table.place is None else self.places[table.place]

    def dsn_name_of(self, table: Table) -> str:
        """The name under which the settings give the DSN of the table's place."""
        return self.name if table.place is None else f"{self.name}_{table.place}"

    def problems(self) -> Iterator[str]:
        names = [table.name for table in self.tables]
        hidden = {table.name for table in self.tables if table.hide}
        yield from (f"table {name}: there are two of this name" for name in sorted(set(names)) if names.count(name) > 1)
        if any(table.kind == "account" for table in self.tables) != (self.accounts is not None):
            yield "accounts: goes together with tables of kind account: say whether it is authoritative or a copy"
        yield from super().problems()
        yield from (f"places.{name}: {problem}" for name, place in self.places.items() for problem in place.problems())
        followed = [it for it in (None, *self.places) if (self.places[it] if it else self).pattern == "cdc"]
        if len(followed) > 1:
            yield "places: only one of them can be followed by cdc"
        elif followed and all(table.place != followed[0] for table in self.tables):
            yield "places: no table is in the one that is followed by cdc"
        for table in self.tables:
            if table.place is not None and table.place not in self.places:
                yield f"table {table.name}: place: {table.place!r} is not one of [places]"
            elif self.place_of(table).pattern == "rest":
                yield from (f"table {table.name}: {problem}" for problem in table.resource_problems())
            elif bool(table.events) != (self.place_of(table).pattern == "stream"):
                yield f"table {table.name}: events: goes together with a place whose pattern is stream"
            yield from (f"table {table.name}: {problem}" for problem in table.problems(frozenset(names)))
            yield from (
                f"table {table.name}: keys.{name}.hide: must be as [[table]] {target.entity!r} says"
                for name, targets in table.keys.items()
                for target in targets
                if target.system is None and target.hide != (target.entity in hidden)
            )
            if (table.place is None or table.place in self.places) and self.place_of(table).pattern == "files":
                yield from _file_problems(table)
        yield from self._wrong_entities()
        if [it.pattern for it in (self, *self.places.values())].count("stream") > 1:
            yield "places: only one may be a stream: one broker is enough for all topics of a system"

    def _wrong_entities(self) -> Iterator[str]:
        kinds = {table.name: table.kind for table in self.tables}
        for table in self.tables:
            if table.entity in kinds and kinds[table.entity] != table.kind:
                yield f"table {table.name}: entity: {table.entity!r} has records of kind {kinds[table.entity]}"


def _file_problems(table: Table) -> Iterator[str]:
    if not table.table.endswith(FORMATS) or "/" in table.table:
        yield f"table {table.name}: from: write the names of its files, such as {table.name}_*.csv or _*.parquet"
    if table.watermark or table.rescan or table.deletes or table.schema_name:
        yield f"table {table.name}: watermark, rescan, deletes and schema are of databases: each file is read once"


def load_sources(*folders: Path) -> dict[str, Source]:
    """All sources of the folders, or of ours, by name. Raises ConfigError with every problem of every file."""
    sources: dict[str, Source] = {}
    problems: list[str] = []
    for file in (file for folder in folders or (SOURCES,) for file in sorted(folder.glob("*.toml"))):
        found = _read_source(file)
        if isinstance(found, Source) and found.name in sources:
            problems.append(f"{file.name}: name: there is a source {found.name!r} already")
        elif isinstance(found, Source):
            sources[found.name] = found
        else:
            problems += (f"{file.name}: {problem}" for problem in found)
    if problems:
        raise ConfigError("These source files are wrong:\n" + "\n".join(f"  - {problem}" for problem in problems))
    return sources


def _read_source(file: Path) -> Source | list[str]:
    try:
        source = Source.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        return [f"cannot be read: {fault}"]
    except ValidationError as fault:
        return [f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in fault.errors()]
    problems = list(source.problems())
    if source.name != file.stem:
        problems.append(f"name: is {source.name!r}, but the file is called {file.stem!r}")
    return problems or source
