"""Both servers by `python -m local`: started, ended in every way, started again."""

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest
from neo4j import Driver, GraphDatabase

from local.privileges import CAP_DAC_READ_SEARCH, NOBODY
from local.processes import Command, has_said, started, wait_until
from tests.integration.local.site import ROOT, Site, environment, gone, open_site

READY_SECONDS = 120


def remember(site: Site, word: str) -> None:
    """Store a word in both servers."""
    with _driver(site) as driver:
        driver.execute_query("CREATE (:Word {text: $word})", word=word)
    with psycopg.connect(site.variables["DATABASE_URL"]) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS word (text text)")
        connection.execute("INSERT INTO word VALUES (%s)", [word])


def remembered(site: Site) -> set[tuple[str, str]]:
    with _driver(site) as driver:
        words = {("neo4j", row["text"]) for row in driver.execute_query("MATCH (w:Word) RETURN w.text AS text").records}
    with psycopg.connect(site.variables["DATABASE_URL"]) as connection:
        return words | {("postgres", row[0]) for row in connection.execute("SELECT text FROM word")}


def _driver(site: Site) -> Driver:
    variables = site.variables
    return GraphDatabase.driver(variables["NEO4J_URI"], auth=(variables["NEO4J_USER"], variables["NEO4J_PASSWORD"]))


def test_it_serves_and_leaves_nothing_but_its_data_twice_in_a_row(cache: Path, tmp_path: Path) -> None:
    words: set[tuple[str, str]] = set()
    for end in (signal.SIGINT, signal.SIGTERM):
        with open_site(cache, "--data", tmp_path / "my data") as site:
            remember(site, end.name)
            words |= {("neo4j", end.name), ("postgres", end.name)}
            assert remembered(site) == words
            assert httpx.get(site.browser).status_code == 200
            servers = site.children()
            assert {server.name() for server in servers} >= {"java", "postgres"}
            site.process.send_signal(end)
            assert site.process.wait(60) == 0
        assert gone(servers)
        assert [path.name for path in (cache / "runs").iterdir()] == ["lock"]


def test_after_kill_9_no_process_stays_and_the_next_run_goes_on(cache: Path, tmp_path: Path) -> None:
    with open_site(cache, "--data", tmp_path / "data") as site:
        remember(site, "before")
        servers = site.children()
        site.process.kill()
        assert gone(servers)
    abandoned = set((cache / "runs").glob("run-*"))
    assert len(abandoned) == 1
    with open_site(cache, "--data", tmp_path / "data") as site:
        assert remembered(site) == {("neo4j", "before"), ("postgres", "before")}
        assert not abandoned & set((cache / "runs").glob("run-*"))


def test_a_run_killed_while_it_boots_does_not_stop_the_next(cache: Path, tmp_path: Path) -> None:
    data, log = tmp_path / "data", tmp_path / "log"
    command = Command(
        name="python -m local",
        arguments=[sys.executable, "-m", "local", "--data", data],
        log=log,
        directory=ROOT,
        environment=environment(cache),
    )
    with started(command) as process:
        wait_until(process, command, lambda: (data / "neo4j" / "data" / "databases").exists() or None, timeout=60)
        servers = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        assert gone(servers)
    assert (data / "neo4j" / "unfinished").exists()
    with open_site(cache, "--data", data) as site:
        remember(site, "after")
        assert remembered(site) == {("neo4j", "after"), ("postgres", "after")}


@pytest.fixture
def home(jars: Path) -> Iterator[Path]:
    """A directory of nobody's, where nobody may enter, with the jars in its cache."""
    with tempfile.TemporaryDirectory() as directory:
        shutil.copytree(jars, Path(directory, "cache", jars.name))
        for path in (Path(directory), *Path(directory).rglob("*")):
            os.chown(path, NOBODY, -1)
        yield Path(directory)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a run as another user")
def test_root_and_another_user_at_the_same_time(cache: Path, home: Path) -> None:
    command = Command(
        name="python -m local",
        arguments=[sys.executable, "-m", "local", "--data", home / "data"],
        log=cache / "log",
        directory=Path("/"),
        environment={**environment(home / "cache"), "HOME": str(home), "PYTHONPATH": str(ROOT)},
        user=NOBODY,
        capability=CAP_DAC_READ_SEARCH,  # root's interpreter may be below a home that nobody may not enter
    )
    with open_site(cache, "--temporary") as ours, started(command) as theirs:
        wait_until(theirs, command, lambda: has_said(command, "DATABASE_URL=") or None, timeout=READY_SECONDS)
        children = psutil.Process(theirs.pid).children()
        assert {child.uids().effective for child in children} == {NOBODY}
        assert ours.variables["NEO4J_URI"] not in command.log.read_text()
        theirs.send_signal(signal.SIGINT)
        assert theirs.wait(60) == 0
        assert gone(children)
    assert [path.name for path in (home / "cache" / "runs").iterdir()] == ["lock"]
