"""A Kafka broker of our own, on loopback, which is its own controller.

It is for the demo and the tests: sources that tell events are heard through it. Its jars come as Neo4j's do
(`local.jars`).
"""

import base64
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from local.directories import Place, cache_directory, finished_or_remade, private
from local.errors import LocalError
from local.jars import Jars, Say, assembled_jars
from local.java import QUIET, Java, find_java
from local.ports import LOOPBACK, on_free_ports
from local.processes import Command, has_said, run, started, wait_until

JARS = Jars(title="Kafka", list=Path(__file__).with_name("kafka.jars"), megabytes=44)
VERSION = "4.3.1"  # a broker does not tell it to clients
PORT = 19092
CONTROLLER_PORT = 19093
HEAP_MIB = 256
READY = "Kafka Server started"
BOOT_SECONDS = 90  # a busy machine, and after a kill it waits until its former self is forgotten
STOP_SECONDS = 30
ANSWER_SECONDS = 10.0
LOGGING = """\
status = error
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d %p %c{1}: %m%n
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
logger.server.name = kafka.server.KafkaRaftServer
logger.server.level = info
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kafka:
    """A running broker. `dsn` is kafka://host:port/; `pid` is None for one that was given and not started."""

    dsn: str
    version: str
    pid: int | None

    @property
    def address(self) -> str:
        """What Kafka's own clients call bootstrap servers."""
        return urlsplit(self.dsn).netloc


@contextmanager
def start_kafka(
    place: Place, *, port: int = PORT, settings: Mapping[str, str] | None = None, say: Say = lambda _: None
) -> Iterator[Kafka]:
    """Run a Kafka 4.3 on the data directory of a place until the block ends.

    `settings` are lines of server.properties that add to or replace ours. Topics are made by who wants them.

    Raises:
        LocalError: no Java, no jars, no port, or a broker that does not start; says what to do.
    """
    java = find_java()
    jars = assembled_jars(cache_directory(), java, say, JARS)
    with ExitStack() as running:
        with finished_or_remade(place.data / "kafka") as fresh:
            broker = _Broker(place=place, java=java, jars=jars, settings=settings or {})
            if fresh:
                _format(broker)

            def start(ports: Sequence[int]) -> AbstractContextManager[Kafka]:
                return _running(broker, ports)

            kafka = running.enter_context(on_free_ports((port, max(port + 1, CONTROLLER_PORT)), start))
        yield kafka


def has_kafka() -> bool:
    """Whether this machine can run one: it needs a Java, as Neo4j does."""
    try:
        find_java()
    except LocalError:
        return False
    return True


def reach_kafka(dsn: str) -> Kafka:
    """A broker that is running already and is asked nothing but who is there; without TLS, as on loopback.

    Raises:
        LocalError: it does not answer.
    """
    kafka = Kafka(dsn=dsn, version="yours", pid=None)
    if urlsplit(dsn).scheme != "kafka" or not kafka.address:
        raise LocalError("KAFKA_URL is not the address of a Kafka broker: write it as kafka://host:port/.")
    client = AdminClient({"bootstrap.servers": kafka.address, "log_level": 0})
    try:
        client.list_topics(timeout=ANSWER_SECONDS)
    except KafkaException:
        raise LocalError(f"Kafka at {kafka.address} does not answer: check KAFKA_URL and that it runs.") from None
    return kafka


@dataclass(frozen=True, slots=True, kw_only=True)
class _Broker:
    place: Place
    java: Java
    jars: Path
    settings: Mapping[str, str]

    @property
    def files(self) -> Path:
        return self.place.data / "kafka" / "files"

    @property
    def home(self) -> Path:
        return private(self.place.run / "kafka")

    def command(self, name: str, ports: Sequence[int], *words: str, heap: int) -> Command:
        """A Java program of Kafka's, with its settings in a file of the run; `{file}` in its words names that."""
        file = self.home / "server.properties"
        file.write_text(render_properties(self.files, ports, self.settings))
        logging = self.home / "log4j2.properties"
        logging.write_text(LOGGING)
        return Command(
            name=name,
            arguments=[
                self.java.program,
                *("-cp", f"{self.jars}/*"),
                *(f"-Xmx{heap}m", "-XX:+UseSerialGC", QUIET),
                f"-Dlog4j2.configurationFile={logging}",
                f"-Djava.io.tmpdir={private(self.home / 'tmp')}",
                *(word.format(file=file) for word in words),
            ],
            log=private(self.place.data / "logs") / f"{name.lower().replace(' ', '-')}.log",
            directory=self.home,
            environment={},
            hold=self.place.locks,
        )


def render_properties(files: Path, ports: Sequence[int], settings: Mapping[str, str]) -> str:
    """The text of server.properties for a broker on loopback; `ports` are the clients' and the controller's."""
    clients, controller = ports
    ours = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@{LOOPBACK}:{controller}",
        "listeners": f"PLAINTEXT://{LOOPBACK}:{clients},CONTROLLER://{LOOPBACK}:{controller}",
        "advertised.listeners": f"PLAINTEXT://{LOOPBACK}:{clients}",
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL:SASL_PLAINTEXT",
        "inter.broker.listener.name": "PLAINTEXT",
        "log.dirs": str(files),
        "auto.create.topics.enable": "false",
        "group.initial.rebalance.delay.ms": "0",
        # of one broker
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "transaction.state.log.num.partitions": "4",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        # else one that was killed is refused for as long as the session of its former self lasts: 9 seconds
        "broker.session.timeout.ms": "2000",
        "broker.heartbeat.interval.ms": "500",
    }
    return "".join(f"{name}={_escaped(value)}\n" for name, value in {**ours, **settings}.items())


def _escaped(value: str) -> str:
    """A backslash would escape what follows it."""
    return value.replace("\\", "\\\\")


def _format(broker: _Broker) -> None:
    cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    words = ("kafka.tools.StorageTool", "format", "-t", cluster, "-c", "{file}")
    run(broker.command("Kafka format", (PORT, CONTROLLER_PORT), *words, heap=128))


@contextmanager
def _running(broker: _Broker, ports: Sequence[int]) -> Iterator[Kafka]:
    command = broker.command("Kafka", ports, "kafka.Kafka", "{file}", heap=HEAP_MIB)
    with started(command, grace=STOP_SECONDS) as process:
        wait_until(process, command, lambda: has_said(command, READY) or None, timeout=BOOT_SECONDS)
        yield Kafka(dsn=f"kafka://{LOOPBACK}:{ports[0]}/", version=VERSION, pid=process.pid)
