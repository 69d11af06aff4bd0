import os
from pathlib import Path

import pytest
from asyncmy.errors import OperationalError

from local.directories import UNFINISHED, workplace
from local.errors import LocalError
from local.mariadb import Mariadb, ask_mariadb, reach_mariadb, start_mariadb
from local.servers import local_servers
from tests.fixtures.servers import TestServers

pytestmark = pytest.mark.usefixtures("cache_with_mariadb")


def test_it_runs_on_loopback_with_a_password_and_keeps_its_data(tmp_path: Path) -> None:
    data = tmp_path / "my data"
    with workplace(data) as place, start_mariadb(place, settings={"log-bin": "binlog"}) as server:
        assert server.version.startswith("11.4.")
        assert ask_mariadb(server.dsn, "SELECT @@bind_address, @@log_bin, @@character_set_server") == [
            ("127.0.0.1", 1, "utf8mb4")
        ]
        assert ask_mariadb(server.dsn, "SELECT user FROM mysql.user WHERE user <> 'mariadb.sys'") == [("wekeza",)]
        ask_mariadb(server.dsn, "CREATE TABLE kept (name text)", "INSERT INTO kept VALUES ('Wanjikũ 🦒')")
        with pytest.raises(LocalError, match="Access denied") as refused:
            reach_mariadb(server.dsn.replace("wekeza:", "wekeza:wrong"))
        assert "wrong" not in str(refused.value)
    with workplace(data) as place, start_mariadb(place) as again:
        assert ask_mariadb(again.dsn, "SELECT name FROM kept") == [("Wanjikũ 🦒",)]
    with pytest.raises(OperationalError):
        ask_mariadb(again.dsn, "SELECT 1")


def test_it_does_not_run_as_root() -> None:
    with workplace() as place, start_mariadb(place) as server:
        assert Path(f"/proc/{server.pid}").stat().st_uid == (os.geteuid() or 65534)


def test_an_initialisation_that_was_cut_short_is_made_again(tmp_path: Path) -> None:
    half = tmp_path / "data" / "mariadb"
    (half / "files" / "mysql").mkdir(parents=True)
    (half / UNFINISHED).touch()
    with workplace(tmp_path / "data") as place, start_mariadb(place) as server:
        assert ask_mariadb(server.dsn, "SELECT database()") == [("wekeza",)]
    assert {path.name for path in half.iterdir()} == {
        "files"
    }  # nor are the first statements left: they hold a password


def test_two_runs_at_once_have_ports_of_their_own() -> None:
    with workplace() as one, start_mariadb(one) as first, workplace() as two, start_mariadb(two) as second:
        assert first.dsn.rpartition(":")[2] != second.dsn.rpartition(":")[2]
        assert reach_mariadb(first.dsn) == Mariadb(dsn=first.dsn, version=first.version, pid=None)


def test_only_who_asks_gets_one_and_a_given_one_is_used(postgres_admin_dsn: str, servers: TestServers) -> None:
    given = {
        "NEO4J_URI": servers.neo4j_uri,
        "NEO4J_USER": servers.neo4j_user,
        "NEO4J_PASSWORD": servers.neo4j_password,
        "DATABASE_URL": postgres_admin_dsn,
    }
    with local_servers(environment=given) as without:
        assert without.mariadb is None
        assert "MARIADB_URL" not in without.environment()
    with local_servers(environment=given, mariadb=True) as ours:
        assert ours.mariadb is not None
        assert ours.mariadb.pid is not None
        with local_servers(environment=ours.environment(), mariadb=True) as again:
            assert again.mariadb == Mariadb(dsn=ours.mariadb.dsn, version=ours.mariadb.version, pid=None)


@pytest.mark.parametrize("dsn", ["nonsense", "postgresql://a:hush@127.0.0.1/b", "mysql://a:hush@127.0.0.1:port/b"])
def test_what_is_no_address_is_said_and_not_repeated(dsn: str) -> None:
    with pytest.raises(LocalError, match="write it as mysql://") as raised:
        reach_mariadb(dsn)
    assert "hush" not in str(raised.value)


def test_a_given_server_that_is_not_there_is_named() -> None:
    with pytest.raises(LocalError, match="check MARIADB_URL"):
        reach_mariadb("mysql://a:hush@127.0.0.1:9/b")
