"""The sample bank on real servers: the source databases, filled, and a user who may only read them."""

import json
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from samples.collisions import NEGATIVE_CONTROL, SHOWCASE
from samples.mariadb import MariadbServer
from samples.nightly import drop_files
from samples.population import Population, draw_truth, populate
from samples.postgresql import PostgresServer
from samples.server import BankError, Content, Server
from samples.systems import SYSTEMS, Database, Engine, System, databases_of
from samples.tables import Table
from samples.telling import ensure_topics
from samples.truth import Truth

__all__ = ["VERSION", "Bank", "BankError", "create_bank", "open_bank"]

VERSION = 3  # raise it whenever the same seed gives other rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """What a database was made from: equal markers, equal rows."""

    people: int
    seed: int
    version: int = VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """Live sources: DSN by the name that the settings give it, for the product (read-only) and for the bank's own
    people (writers). Systems that a service stands in front of are among the writers only: see `samples.services`.

    `truth` covers the seeded rows of these sources. `showcase` is one person's three record keys, `negative_control`
    the record keys of two people who share a phone and must stay apart. The DSNs hold passwords: they are left out of
    the repr.
    """

    sources: Mapping[str, str] = field(repr=False)
    writers: Mapping[str, str] = field(repr=False)
    truth: Truth = field(repr=False)
    broker: str | None = None  # kafka://host:port/, where some systems tell what happens
    showcase: tuple[str, ...] = tuple(record.key for record in SHOWCASE)
    negative_control: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NEGATIVE_CONTROL)


def create_bank(
    admin_dsn: str,
    mariadb_dsn: str | None = None,
    kafka_dsn: str | None = None,
    *,
    people: int = 2000,
    seed: int = 7,
    systems: Collection[str] = tuple(SYSTEMS),
    reader_password: str | None = None,
    drop: Path | None = None,
) -> Bank:
    """Build the systems' databases anew and return the bank; without a MariaDB the systems that need one are left out,
    without a Kafka nobody tells what happens.

    Systems that hand over files do so in folders of their own in `drop`, and are left out without it.

    A database appears under its name only when it is complete. Raises BankError, and changes nothing, if one of the
    names is taken by a database that the sample bank did not create; psycopg.OperationalError if there is no server.
    """
    mark = json.dumps(asdict(Marker(people=people, seed=seed)))
    with _servers(admin_dsn, mariadb_dsn) as servers:
        chosen = _possible(systems, servers, drop)
        databases = databases_of(chosen)
        for database in databases:
            servers[database.engine].read_mark(database.name)
        for server in servers.values():
            server.ensure_reader(reader_password)
        # Whoever else writes to one of these databases belongs to its content.
        writers = [name for name, system in SYSTEMS.items() if {*system.databases.values()} & {*databases}]
        population = populate(people, seed, datetime.now(UTC), writers)
        contents = [Content(it, it.ddl, _tables_of(it, population), mark) for it in databases]
        for content in contents:
            servers[content.database.engine].build(content)
        for content in contents:
            servers[content.database.engine].publish(content)
        for name in chosen:
            if drop and SYSTEMS[name].exports:
                _drop_files(SYSTEMS[name], servers, drop / name)
        return _bank(servers, chosen, draw_truth(people, seed, chosen), drop, kafka_dsn)


def open_bank(
    admin_dsn: str,
    mariadb_dsn: str | None = None,
    kafka_dsn: str | None = None,
    *,
    systems: Collection[str] = tuple(SYSTEMS),
    reader_password: str | None = None,
    drop: Path | None = None,
) -> Bank | None:
    """The bank that is on the servers, rows written since included; None if there is none of this version and of all
    these systems.

    The truth is drawn again from the seed. Raises BankError if a name is taken by somebody else's database.
    """
    with _servers(admin_dsn, mariadb_dsn) as servers:
        chosen = _possible(systems, servers, drop)
        marks = {servers[it.engine].read_mark(it.name) for it in databases_of(chosen)}
        marker = _read_marker(marks.pop()) if len(marks) == 1 else None
        if marker is None or marker.version != VERSION:
            return None
        for server in servers.values():
            server.ensure_reader(reader_password)
        return _bank(servers, chosen, draw_truth(marker.people, marker.seed, chosen), drop, kafka_dsn)


@contextmanager
def _servers(admin_dsn: str, mariadb_dsn: str | None) -> Iterator[dict[Engine, Server]]:
    with ExitStack() as stack:
        servers: dict[Engine, Server] = {"postgresql": stack.enter_context(PostgresServer(admin_dsn))}
        if mariadb_dsn:
            servers["mysql"] = MariadbServer(mariadb_dsn)
        yield servers


def _possible(systems: Collection[str], servers: Mapping[Engine, Server], drop: Path | None) -> tuple[str, ...]:
    """Those whose databases all have a server, and whose files a folder."""
    return tuple(
        name
        for name, system in SYSTEMS.items()
        if name in systems
        and (drop or not system.exports)
        and all(it.engine in servers for it in system.databases.values())
    )


def _tables_of(database: Database, population: Population) -> list[Table]:
    return [
        table
        for name, tables in population.tables.items()
        for table in tables
        if SYSTEMS[name].place_of(table) == database
    ]


def _read_marker(mark: str | None) -> Marker | None:
    return Marker(**json.loads(mark)) if mark else None


def _drop_files(system: System, servers: Mapping[Engine, Server], folder: Path) -> None:
    """What its jobs wrote in the last nights; what lies there is of a former bank."""
    database = system.databases[system.name]
    if folder.exists():
        shutil.rmtree(folder)
    drop_files(system.exports, lambda query: servers[database.engine].ask(database.name, query), folder)


def _bank(
    servers: Mapping[Engine, Server], systems: Collection[str], truth: Truth, drop: Path | None, kafka_dsn: str | None
) -> Bank:
    folders = {name: (drop / name).absolute().as_uri() for name in systems if drop and SYSTEMS[name].exports}
    events = {}
    if kafka_dsn:
        ensure_topics(kafka_dsn)
        events = {f"{name}_events": kafka_dsn for name in systems if SYSTEMS[name].tells}
    places = {dsn: database for name in systems for dsn, database in SYSTEMS[name].databases.items()}
    read = {dsn: it for name in systems if not SYSTEMS[name].served for dsn, it in SYSTEMS[name].databases.items()}
    return Bank(
        sources={dsn: servers[it.engine].reader_dsn(it.name) for dsn, it in read.items()} | folders | events,
        writers={dsn: servers[it.engine].writer_dsn(it.name) for dsn, it in places.items()},
        truth=truth,
        broker=kafka_dsn,
    )
