"""`kill -9` of the ingest and of Neo4j at any moment: after the next run the graph is that of an undisturbed one."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import psutil
import pytest
from neo4j import Driver, GraphDatabase

from graph.client import GraphClient
from local.neo4j import Memory, Neo4j
from local.servers import local_servers
from samples.bank import Bank, create_bank
from samples.records import FIRST
from tests.e2e.commands import run, running
from tests.e2e.picture import Picture, count_runs, differences, partition, picture
from tests.fixtures.databases import NewDatabase
from tests.fixtures.servers import WIPE, TestServers

PEOPLE, BATCH = 40, 40
SECRET = "the same for every run, so that equal records are named alike"
PERSONAL = ("Catherine", "CATHERINE", "722904518", "28417093", "catherine.mwangi")
MEMORY = Memory(heap=384, page_cache=64)


@dataclass
class OwnNeo4j:
    """A server of this module's own, which comes back at the same address with the same data."""

    data: Path
    postgres_dsn: str
    _running: ExitStack = field(default_factory=ExitStack)
    _server: Neo4j | None = None

    def start(self) -> Neo4j:
        given = {"DATABASE_URL": self.postgres_dsn}
        self._server = self._running.enter_context(local_servers(self.data, memory=MEMORY, environment=given)).neo4j
        return self._server

    def kill(self) -> None:
        if self._server and self._server.pid:
            psutil.Process(self._server.pid).kill()
        self._running.close()
        self._server = None


@pytest.fixture(scope="module")
def own_neo4j(postgres_admin_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnNeo4j]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("local.neo4j.BOLT_PORT", 20_000 + os.getpid() % 10_000)  # where nobody else looks for a port
        own = OwnNeo4j(tmp_path_factory.mktemp("own neo4j"), postgres_admin_dsn)
        yield own
        own.kill()


@pytest.fixture(scope="module")
def bank(postgres_admin_dsn: str) -> Bank:
    return create_bank(postgres_admin_dsn, people=PEOPLE, systems=FIRST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a command is given: two stores, three sources, small batches."""

    uri: str
    user: str
    password: str
    ledger: str
    bank: Bank

    @property
    def given(self) -> dict[str, str]:
        return {
            "NEO4J_URI": self.uri,
            "NEO4J_USER": self.user,
            "NEO4J_PASSWORD": self.password,
            "DATABASE_URL": self.ledger,
            "WEKEZA_SECRET": SECRET,
            "WEKEZA_BATCH_SIZE": str(BATCH),
            "WEKEZA_POLL_SECONDS": "1",
            **{f"WEKEZA_SOURCES__{name.upper()}": dsn for name, dsn in self.bank.sources.items()},
        }

    def ingest_once(self) -> None:
        answer = run("ingest", "once", given=self.given)
        assert answer.code == 0, answer.out + answer.err

    def verify(self) -> None:
        answer = run("verify", given=self.given)
        assert (answer.code, answer.out) == (0, "All laws hold.\n"), answer.err

    def driver(self) -> Driver:
        return GraphDatabase.driver(self.uri, auth=(self.user, self.password))


def line_to(server: TestServers | Neo4j, ledger: str, bank: Bank) -> Line:
    if isinstance(server, Neo4j):
        return Line(uri=server.uri, user=server.user, password=server.password, ledger=ledger, bank=bank)
    return Line(uri=server.neo4j_uri, user=server.neo4j_user, password=server.neo4j_password, ledger=ledger, bank=bank)


@dataclass(frozen=True, slots=True)
class Undisturbed:
    picture: Picture
    runs: int

    def moments(self, seed: int, times: int) -> list[int]:
        """After how many committed steps to kill, in order; never so late that the run could have ended."""
        return sorted(Random(seed).sample(range(1, self.runs - 3), times))


@pytest.fixture(scope="module")
def undisturbed(servers: TestServers, bank: Bank, new_database: NewDatabase) -> Undisturbed:
    line = line_to(servers, new_database("undisturbed"), bank)
    with line.driver() as driver, driver.session() as session:
        session.run(WIPE).consume()
        line.ingest_once()
        line.verify()
        return Undisturbed(picture(driver), count_runs(driver))


def test_a_run_is_long_enough_to_be_killed_in(undisturbed: Undisturbed) -> None:
    assert undisturbed.runs > 20
    assert {len(group) > 1 for group in partition(undisturbed.picture)} == {True, False}
    assert undisturbed.picture["QUARANTINED"]


def test_kill_9_of_the_ingest(
    graph: GraphClient,
    servers: TestServers,
    bank: Bank,
    new_database: NewDatabase,
    undisturbed: Undisturbed,
    tmp_path: Path,
) -> None:
    line = line_to(servers, new_database("killed"), bank)
    with line.driver() as driver:
        for moment in undisturbed.moments(seed=1, times=3):
            with running("ingest", "once", given=line.given, log=tmp_path / "log") as ingest:
                ingest.wait_until(committed(driver, moment))
                assert ingest.end(signal.SIGKILL) == -signal.SIGKILL
        line.ingest_once()
        assert differences(picture(driver), undisturbed.picture) == {}
    line.verify()


def test_kill_9_of_neo4j_while_it_commits(
    own_neo4j: OwnNeo4j, bank: Bank, new_database: NewDatabase, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    line = line_to(own_neo4j.start(), new_database("neo4j_killed"), bank)
    for moment in undisturbed.moments(seed=2, times=2):
        with (
            line.driver() as driver,
            running("ingest", "once", given=line.given, log=tmp_path / "log") as ingest,
        ):
            ingest.wait_until(committed(driver, moment))
            own_neo4j.kill()
            assert ingest.process.wait() == 1
        assert "Neo4j did not finish" in ingest.said
        assert "Traceback" not in ingest.said
        assert own_neo4j.start().uri == line.uri
    line.ingest_once()
    with line.driver() as driver:
        assert differences(picture(driver), undisturbed.picture) == {}
    line.verify()
    own_neo4j.kill()


def test_the_schedule_waits_for_neo4j_at_the_start_and_in_mid_run(
    own_neo4j: OwnNeo4j, bank: Bank, new_database: NewDatabase, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    line = line_to(own_neo4j.start(), new_database("schedule"), bank)
    with line.driver() as driver, driver.session() as session:
        session.run(WIPE).consume()
    own_neo4j.kill()
    log = tmp_path / "log"
    with running("ingest", "run", given=line.given, log=log) as ingest:
        ingest.wait_until(lambda: bool(events(log, "store_unavailable")))
        own_neo4j.start()
        [moment] = undisturbed.moments(seed=3, times=1)
        with line.driver() as driver:
            ingest.wait_until(committed(driver, moment))
        own_neo4j.kill()
        ingest.wait_until(lambda: bool(failed_polls(log)))
        assert own_neo4j.start().uri == line.uri
        so_far = len(events(log, "source_polled"))
        ingest.wait_until(lambda: polled_well(events(log, "source_polled")[so_far:], set(bank.sources)))
        assert ingest.end(signal.SIGTERM) == 0
    with line.driver() as driver:
        found = picture(driver)
    assert partition(found) == partition(undisturbed.picture)
    # The systems are read at the same time, so which record is born first, and names its customer, is open.
    named = {"GlobalCustomer", "RESOLVES_TO"}
    assert differences(found, undisturbed.picture).keys() <= named
    line.verify()
    assert {event["error"] for event in events(log, "store_unavailable")} == {
        f"Neo4j at {line.uri} does not answer: is it running, is NEO4J_URI right?"
    }
    told = {event["error"] for event in failed_polls(log)}
    assert {sentence for sentence in told if not sentence.startswith("Neo4j did not finish ")} == set()
    secrets = (SECRET, line.password, *PERSONAL)
    assert [secret for secret in secrets if secret in ingest.said] == []
    assert "Traceback" not in ingest.said
    own_neo4j.kill()


def committed(driver: Driver, steps: int) -> Callable[[], bool]:
    """Whether so many steps were committed."""
    return lambda: count_runs(driver) >= steps


def events(log: Path, name: str) -> list[dict[str, Any]]:
    """The whole lines of a JSON log that tell of one thing."""
    lines = log.read_text(encoding="utf-8").rpartition("\n")[0].splitlines()
    return [event for event in map(json.loads, lines) if event["event"] == name]


def failed_polls(log: Path) -> list[dict[str, Any]]:
    return [event for event in events(log, "source_polled") if event["error"]]


def polled_well(polls: list[dict[str, Any]], systems: set[str]) -> bool:
    """Whether each system was read without an error, and then found unchanged."""
    return all(
        sum(poll["system"] == system and not poll["error"] and not poll["loaded"] for poll in polls) >= 1
        for system in systems
    )
