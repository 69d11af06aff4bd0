"""A source file: one TOML in ingest/sources/ is one system, and all that the product knows of it.

The folder is the registry. Every problem of every file is told at once, with its file and field, before anything is
read from anybody.
"""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from ingest.declared import Declared, Duration, Engine, Name, Share, Zone
from ingest.errors import ConfigError
from ingest.table import Table

SOURCES = Path(__file__).parent / "sources"


class Ignored(Declared):
    tables: tuple[str, ...] = ()


class Origin(Declared):
    """Where the schema is from: the system's own, that of the system nearest to it, or one that we propose."""

    state: Literal["real", "nearest", "proposed"]
    repository: str | None = None
    path: str | None = None


class Database(Declared):
    """A further database of the same system. Its DSN is named ``<system>_<database>`` in the settings."""

    database: str
    engine: Engine
    timezone: Zone


class Source(Declared):
    """One system. Its DSN is no part of it: settings give that by ``name``."""

    name: Name
    title: str
    number: int  # in the bank's inventory
    category: str
    purpose: str
    database: str  # its name there
    engine: Engine
    pattern: Literal["database"]
    writes: str  # how often the system itself writes
    origin: Origin
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")]  # ISO 3166: whose identifiers it holds
    timezone: Zone  # of its naive times
    trust: Share
    accounts: Literal["authoritative", "copy"] | None = None  # whether balances here count, or copy another system's
    every: Duration
    overlap: Duration
    paused: bool = False
    window: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")] | None = None
    rows_per_second: Annotated[int, Field(ge=1)] | None = None
    databases: Mapping[Name, Database] = Field(default_factory=dict)
    tables: Annotated[tuple[Table, ...], Field(alias="table", min_length=1)]
    ignore: Ignored = Ignored()

    @property
    def dsn_names(self) -> tuple[str, ...]:
        """The names under which the settings give its DSNs, its own first."""
        return (self.name, *(f"{self.name}_{name}" for name in self.databases))

    @property
    def home(self) -> Database:
        """The database of the tables that name no other."""
        return Database(database=self.database, engine=self.engine, timezone=self.timezone)

    def place_of(self, table: Table) -> Database:
        """The database that the table is in."""
        return self.home if table.database is None else self.databases[table.database]

    def dsn_name_of(self, table: Table) -> str:
        """The name under which the settings give the DSN of the table's database."""
        return self.name if table.database is None else f"{self.name}_{table.database}"

    def problems(self) -> Iterator[str]:
        names = [table.name for table in self.tables]
        yield from (f"table {name}: there are two of this name" for name in sorted(set(names)) if names.count(name) > 1)
        if any(table.kind == "account" for table in self.tables) != (self.accounts is not None):
            yield "accounts: goes together with tables of kind account: say whether it is authoritative or a copy"
        for table in self.tables:
            if table.database is not None and table.database not in self.databases:
                yield f"table {table.name}: database: {table.database!r} is not one of [databases]"
            yield from (f"table {table.name}: {problem}" for problem in table.problems(frozenset(names)))


def load_sources(folder: Path = SOURCES) -> dict[str, Source]:
    """All sources by name. Raises ConfigError with every problem of every file."""
    sources: dict[str, Source] = {}
    problems: list[str] = []
    for file in sorted(folder.glob("*.toml")):
        found = _read_source(file)
        if isinstance(found, Source):
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
