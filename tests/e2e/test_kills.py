"""`kill -9` of the ingest, PostgreSQL, MariaDB and Neo4j, each at a moment of chance while all systems are read: after
the next run the graph is that of an undisturbed one, but for which of a customer's records was born first and names it.

It takes minutes and runs in `make test-nightly` alone: ten rounds (a fiftieth of TEST_HISTORIES).
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from samples.bank import Bank, create_bank
from samples.systems import SYSTEMS
from tests.e2e.commands import Running, running
from tests.e2e.own import OwnServers, own_servers
from tests.e2e.picture import Picture, count_runs, differences, partition, picture, renamed
from tests.e2e.test_crashes import PERSONAL, SECRET, Line, committed
from tests.fixtures.servers import WIPE

pytestmark = pytest.mark.nightly

ROUNDS = max(int(os.environ.get("TEST_HISTORIES", "50")) // 50, 1)
PEOPLE = 15
INGEST = "the ingest"
SERVERS = ("PostgreSQL", "MariaDB", "Neo4j")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServers]:
    with own_servers(tmp_path_factory.mktemp("own servers"), SERVERS) as servers:
        yield servers


@pytest.fixture(scope="module")
def bank(own: OwnServers) -> Bank:
    return create_bank(own["PostgreSQL"].dsn, own["MariaDB"].dsn, people=PEOPLE)


def new_line(own: OwnServers, bank: Bank, ledger: str) -> Line:
    """To an empty graph and an empty ledger."""
    admin, neo4j = own["PostgreSQL"].dsn, own["Neo4j"]
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {ledger}".encode())
    found = Line(
        uri=neo4j.uri,
        user=neo4j.user,
        password=neo4j.password,
        ledger=make_conninfo(admin, dbname=ledger),
        bank=bank,
    )
    with found.driver() as driver, driver.session() as session:
        session.run(WIPE).consume()
    return found


@dataclass(frozen=True, slots=True)
class Undisturbed:
    picture: Picture
    runs: int


@pytest.fixture(scope="module")
def undisturbed(own: OwnServers, bank: Bank) -> Undisturbed:
    line = new_line(own, bank, "undisturbed")
    line.ingest_once()
    line.verify()
    with line.driver() as driver:
        return Undisturbed(renamed(picture(driver)), count_runs(driver))


def test_all_systems_are_in_the_picture(bank: Bank, undisturbed: Undisturbed) -> None:
    records = set().union(*partition(undisturbed.picture))
    read = {*SYSTEMS} & bank.sources.keys()
    assert {record.split("|")[0] for record in records} == read - {"audit"}  # which knows none
    assert undisturbed.runs > len(read)


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_kill_9_of_each(own: OwnServers, bank: Bank, undisturbed: Undisturbed, tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    line = new_line(own, bank, f"killed_{seed}")
    for victim in random.sample([INGEST, *SERVERS], k=1 + len(SERVERS)):
        with line.driver() as driver:
            so_far = count_runs(driver)
            moment = so_far + random.randint(1, max((undisturbed.runs - so_far) // 3, 1))
            with running("ingest", "once", given=line.given, log=tmp_path / "log") as ingest:
                ingest.wait_until(committed(driver, moment))
                kill(own, victim, ingest)
        assert "Traceback" not in ingest.said
        assert [secret for secret in (SECRET, line.password, *PERSONAL) if secret in ingest.said] == []
    line.ingest_once()
    with line.driver() as driver:
        assert differences(renamed(picture(driver)), undisturbed.picture) == {}
    line.verify()


def kill(own: OwnServers, victim: str, ingest: Running) -> None:
    """Kill, let the ingest end, and start again what was killed."""
    if victim == INGEST:
        ingest.process.kill()
        ingest.process.wait()
        return
    own.kill(victim)
    code = ingest.process.wait()
    # Whoever has been read already is not missed, and who is down stops no other; both stores are always needed.
    assert code == 1 or (victim, code) == ("MariaDB", 0)
    assert victim in ingest.said or "it does not answer: does the server run" in ingest.said or not code
    own.start(victim)
