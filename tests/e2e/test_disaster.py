"""From the command line: a rebuild that is killed costs nothing, and after the loss of both servers all comes back."""

import shutil
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.neo4j import Memory
from local.servers import local_servers
from local.stores import IN_FORCE, SECOND
from samples.bank import Bank, create_bank
from samples.records import FIRST
from tests.e2e.commands import Answer, run, running

pytestmark = pytest.mark.nightly

PEOPLE = 20
MEMORY = Memory(heap=384, page_cache=64)


@dataclass(frozen=True, slots=True)
class Home:
    """A data directory, and sources that live elsewhere."""

    data: Path
    bank: Bank

    @property
    def given(self) -> dict[str, str]:
        sources = {f"WEKEZA_SOURCES__{name.upper()}": dsn for name, dsn in self.bank.sources.items()}
        return {"WEKEZA_DATA": str(self.data), **sources}

    @contextmanager
    def servers(self) -> Iterator[Mapping[str, str]]:
        with local_servers(self.data, memory=MEMORY, environment={}) as servers:
            yield self.given | servers.environment()

    def stores(self) -> set[str]:
        return {path.name for path in self.data.iterdir() if path.name.startswith(IN_FORCE) and path.is_dir()}

    def lose_both_servers(self) -> None:
        for name in (IN_FORCE, "postgres"):
            shutil.rmtree(self.data / name)
            (self.data / f"{name}.password").unlink()


@pytest.fixture
def home(tmp_path: Path, postgres_admin_dsn: str) -> Home:
    return Home(tmp_path / "my data", create_bank(postgres_admin_dsn, people=PEOPLE, systems=FIRST))


def test_a_killed_rebuild_and_a_disaster(home: Home, tmp_path: Path) -> None:
    file, log = str(tmp_path / "ledger.zip"), tmp_path / "log"
    with home.servers() as given:
        assert well(run("ingest", "once", given=given))
        said = well(run("ledger", "dump", file, given=given)).out
        assert "Keep the installation's secret too" in said

    with running("rebuild", given=home.given, log=log) as rebuild:
        rebuild.wait_until((home.data / SECOND / "data" / "databases" / "neo4j").exists)
        assert rebuild.end(signal.SIGKILL) == -signal.SIGKILL
    assert home.stores() == {IN_FORCE, SECOND}
    with home.servers() as given:  # as if nothing had been
        assert well(run("verify", given=given)).out == "All laws hold.\n"

    home.lose_both_servers()
    lost = run("rebuild", given=home.given)
    assert (lost.code, "The ledger remembers nothing" in lost.err, "Traceback" in lost.err) == (1, True, False)
    said = well(run("ledger", "restore", file, given=home.given)).out
    assert "the secret is the one that named its records" in said
    said = well(run("rebuild", given=home.given)).out
    assert "The new graph is in force" in said
    assert home.stores() == {IN_FORCE}
    with home.servers() as given:
        assert well(run("verify", given=given)).out == "All laws hold.\n"


def well(answer: Answer) -> Answer:
    assert answer.code == 0, answer.out + answer.err
    return answer
