"""A Neo4j server of our own, on loopback."""

import secrets
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from neo4j import GraphDatabase
from neo4j.exceptions import AuthError, ConfigurationError, DriverError, Neo4jError

from local.directories import Place, cache_directory, finished_or_remade, private
from local.errors import LocalError
from local.jars import Say, assembled_jars
from local.java import Java, find_java
from local.passwords import kept_password
from local.ports import LOOPBACK, on_free_ports
from local.processes import Command, has_said, started, wait_until
from local.stores import IN_FORCE, finish_exchange

USER = "neo4j"
BOLT_PORT = 7687
HTTP_PORT = 7474
READY = "INFO  Started."
BOOT_SECONDS = 180  # a busy machine, and a store to recover
STOP_SECONDS = 60
ANSWER_SECONDS = 5
HASH_ITERATIONS = 1024
SALT_BYTES = 32
# magic, then four proposed versions: 5.8 down to 5.0, and nothing else
BOLT_HANDSHAKE = bytes.fromhex("6060B017 00080805 00000000 00000000 00000000")
BOLT_REFUSAL = bytes(4)
JAVA_OPTIONS = (
    "-XX:-UsePerfData",  # which would leave a file in /tmp, whatever the temp directory
    "-XX:-OmitStackTraceInFastThrow",
    "-XX:+DisableExplicitGC",
    "-Djdk.nio.maxCachedBufferSize=1024",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--enable-native-access=ALL-UNNAMED",
    "-Dlog4j2.disable.jmx=true",
    "-Dfile.encoding=UTF-8",
)
LARGE_HEAP_MIB = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Neo4j:
    """A running Neo4j. `http_uri` and `pid` are None for a server that was given and not started."""

    uri: str
    http_uri: str | None
    user: str
    password: str = field(repr=False)
    version: str
    pid: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What a server may use, in MiB."""

    heap: int = 512
    page_cache: int = 256


DEFAULT_MEMORY = Memory()


@contextmanager
def start_neo4j(
    place: Place,
    *,
    memory: Memory = DEFAULT_MEMORY,
    settings: Mapping[str, str] | None = None,
    store: str = IN_FORCE,
    say: Say = lambda _: None,
) -> Iterator[Neo4j]:
    """Run a Neo4j on the data directory of a place until the block ends.

    `settings` are lines of neo4j.conf that add to or replace ours; `store` is another than the one in force.

    Raises:
        LocalError: no Java, no jars, no port, or a server that does not start; says what to do.
    """
    java = find_java()
    jars = assembled_jars(cache_directory(), java, say)
    if store == IN_FORCE:
        finish_exchange(place.data)
    data = place.data / store
    with ExitStack() as running:
        with finished_or_remade(data) as fresh:
            password = _password(place.data, store, fresh)
            if fresh:
                _set_initial_password(data, password)
            boot = _Boot(java=java, jars=jars, memory=memory, store=store)

            def start(ports: Sequence[int]) -> AbstractContextManager[Neo4j]:
                return _running(place, boot, ports, password, settings or {})

            server = running.enter_context(on_free_ports((BOLT_PORT, HTTP_PORT), start))
        yield server


def reach_neo4j(uri: str, user: str, password: str) -> Neo4j:
    """A server that is running already, asked for its version over Bolt.

    Raises:
        LocalError: it does not answer or does not accept the password.
    """
    try:
        with GraphDatabase.driver(uri, auth=(user, password) if password else None) as driver:
            agent = driver.get_server_info().agent
    except AuthError:
        raise LocalError(
            f"Neo4j at {uri} does not accept the password of {user}: see NEO4J_USER, NEO4J_PASSWORD."
        ) from None
    except (DriverError, Neo4jError, ConfigurationError, ValueError) as error:
        reason = str(error).splitlines()[0].rstrip(":")
        raise LocalError(f"Neo4j at {uri} does not answer ({reason}): check NEO4J_URI and that it runs.") from None
    return Neo4j(uri=uri, http_uri=None, user=user, password=password, version=agent.removeprefix("Neo4j/"), pid=None)


def render_conf(data: Path, home: Path, ports: Sequence[int], memory: Memory, settings: Mapping[str, str]) -> str:
    """The text of neo4j.conf for a server on loopback; `ports` are Bolt's and HTTP's."""
    bolt, http = ports
    ours = {
        "server.directories.data": f"{data}/data",
        "server.directories.logs": f"{data}/logs",
        "server.directories.run": f"{home}/run",
        "server.directories.plugins": f"{home}/plugins",
        "server.directories.import": f"{home}/import",
        "server.default_listen_address": LOOPBACK,
        "server.bolt.listen_address": f"{LOOPBACK}:{bolt}",
        "server.bolt.advertised_address": f"{LOOPBACK}:{bolt}",
        "server.http.enabled": "true",
        "server.http.listen_address": f"{LOOPBACK}:{http}",
        "server.http.advertised_address": f"{LOOPBACK}:{http}",
        "server.https.enabled": "false",
        "server.memory.pagecache.size": f"{memory.page_cache}m",
        # half of it: one question alone cannot take the room of all others
        "db.memory.transaction.max": f"{memory.heap // 2}m",
        "db.tx_log.rotation.retention_policy": "1 days 1G",
        "db.tx_log.preallocate": "false",  # else each of the two databases begins with a log of 256 MB
        "dbms.usage_report.enabled": "false",
        "client.allow_telemetry": "false",
        "browser.remote_content_hostname_whitelist": f"{LOOPBACK},localhost",
        # Bolt waits twice for this many seconds after the databases are closed; clients need no such quiet
        "internal.dbms.bolt.netty_server_shutdown_quiet_period": "0",
    }
    return "".join(f"{name}={value}\n" for name, value in {**ours, **settings}.items())


def initial_credential(password: str, salt: bytes) -> str:
    """The line of Neo4j's auth.ini that `neo4j-admin dbms set-initial-password` writes, without its three seconds."""
    digest = sha256(salt + password.encode()).digest()
    for _ in range(HASH_ITERATIONS - 1):
        digest = sha256(digest).digest()
    return f"{USER}:SHA-256,{digest.hex()},{salt.hex()},{HASH_ITERATIONS}:\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Boot:
    """What a server is started with."""

    java: Java
    jars: Path
    memory: Memory
    store: str

    def arguments(self, home: Path) -> list[str]:
        heap = self.memory.heap
        collector = "-XX:+UseG1GC" if heap >= LARGE_HEAP_MIB else "-XX:+UseSerialGC"
        return [
            str(self.java.program),
            *("-cp", f"{self.jars}/*"),
            *(f"-Xms{heap}m", f"-Xmx{heap}m", collector),
            *JAVA_OPTIONS,
            f"-Djava.io.tmpdir={home / 'tmp'}",
            "org.neo4j.server.CommunityEntryPoint",
            f"--home-dir={home}",
            f"--config-dir={home}/conf",
            "--console-mode",
        ]


@contextmanager
def _running(
    place: Place, boot: _Boot, ports: Sequence[int], password: str, settings: Mapping[str, str]
) -> Iterator[Neo4j]:
    home = private(place.run / boot.store)
    for name in ("conf", "tmp", "run", "plugins", "import"):
        private(home / name)
    conf = render_conf(place.data / boot.store, home, ports, boot.memory, settings)
    (home / "conf" / "neo4j.conf").write_text(conf)
    log = private(place.data / "logs") / f"{boot.store}.log"
    bolt, http = ports
    command = Command(
        name="Neo4j", arguments=boot.arguments(home), log=log, directory=home, environment={}, hold=place.locks
    )
    with started(command, grace=STOP_SECONDS) as process:
        wait_until(
            process, command, lambda: (has_said(command, READY) and _answers(bolt)) or None, timeout=BOOT_SECONDS
        )
        reached = reach_neo4j(f"bolt://{LOOPBACK}:{bolt}", USER, password)
        yield replace(reached, http_uri=f"http://{LOOPBACK}:{http}", pid=process.pid)


def _answers(bolt: int) -> bool:
    """Whether a Bolt handshake succeeds."""
    try:
        with socket.create_connection((LOOPBACK, bolt), timeout=ANSWER_SECONDS) as connection:
            connection.sendall(BOLT_HANDSHAKE)
            version = connection.recv(len(BOLT_REFUSAL), socket.MSG_WAITALL)
            return len(version) == len(BOLT_REFUSAL) and version != BOLT_REFUSAL
    except OSError:
        return False


def _password(data: Path, store: str, fresh: bool) -> str:
    """All stores of a data directory have one password, so that none has to change when they are exchanged."""
    file = data / "neo4j.password"
    return kept_password(file, renew=fresh and (store == IN_FORCE or not file.exists()))


def _set_initial_password(data: Path, password: str) -> None:
    credentials = private(data / "data" / "dbms") / "auth.ini"
    credentials.write_text(initial_credential(password, secrets.token_bytes(SALT_BYTES)))
