"""The bank's databases on MariaDB, on a made-up system: what a server does is the same for every content."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import pytest
from asyncmy.errors import OperationalError

from local.mariadb import ask_mariadb
from samples.mariadb import MariadbServer
from samples.server import BankError, Content
from samples.systems import Database
from samples.tables import Table

DATABASE = Database(name="wekeza_sample_tests", engine="mysql", schemas=("tests",))
DDL = b"""-- Two tables; a semicolon within a line ends nothing.
CREATE TABLE `people` (`id` INT PRIMARY KEY, `name` VARCHAR(20) NOT NULL, `born` DATE, `at` DATETIME);
CREATE TABLE `accounts` (
    `id` INT PRIMARY KEY,
    `owner` INT NOT NULL,
    `balance` DECIMAL(15,2),
    FOREIGN KEY (`owner`) REFERENCES `people` (`id`)
);
"""
ROWS = [
    {"id": n, "name": f"Ng'ang'a {n}%s", "born": date(1990, 8, 14), "at": datetime(2026, 3, 1, 12)}
    for n in range(2_500)
]


def content(people: int, mark: str) -> Content:
    accounts = [{"id": 1, "owner": 0, "balance": Decimal("1.50")}]
    return Content(DATABASE, DDL, [Table("people", ROWS[:people]), Table("accounts", accounts)], mark)


@pytest.fixture
def mariadb(mariadb_admin_dsn: str) -> Iterator[MariadbServer]:
    yield MariadbServer(mariadb_admin_dsn)
    ask_mariadb(mariadb_admin_dsn, f"DROP DATABASE IF EXISTS {DATABASE.name}")


def make(mariadb: MariadbServer, people: int, mark: str) -> None:
    mariadb.ensure_reader(None)
    mariadb.build(content(people, mark))
    mariadb.publish(content(people, mark))


def test_what_was_written_is_read_and_marked(mariadb: MariadbServer) -> None:
    assert mariadb.read_mark(DATABASE.name) is None
    make(mariadb, 2_500, "first")
    reader = mariadb.reader_dsn(DATABASE.name)
    assert ask_mariadb(reader, "SELECT count(*), min(name), max(born), max(at) FROM people") == [
        (2_500, "Ng'ang'a 0%s", date(1990, 8, 14), datetime(2026, 3, 1, 12))
    ]
    assert ask_mariadb(reader, "SELECT balance FROM accounts") == [(Decimal("1.50"),)]
    assert mariadb.read_mark(DATABASE.name) == "first"


def test_building_again_replaces_it(mariadb: MariadbServer) -> None:
    make(mariadb, 10, "first")
    mariadb.build(content(3, "second"))
    assert mariadb.read_mark(DATABASE.name) == "first", "until it is complete"
    mariadb.publish(content(3, "second"))
    assert ask_mariadb(mariadb.reader_dsn(DATABASE.name), "SELECT count(*) FROM people") == [(3,)]
    assert mariadb.read_mark(DATABASE.name) == "second"
    staging = "SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE 'wekeza_sample_staging%'"
    assert ask_mariadb(mariadb.writer_dsn(DATABASE.name), staging) == []


def test_the_reader_never_writes(mariadb: MariadbServer) -> None:
    make(mariadb, 1, "first")
    for statement in ("DELETE FROM accounts", "CREATE TABLE mine (id INT)", "DROP TABLE accounts"):
        with pytest.raises(OperationalError, match="denied"):
            ask_mariadb(mariadb.reader_dsn(DATABASE.name), statement)


def test_somebody_elses_database_is_left_alone(mariadb: MariadbServer, mariadb_admin_dsn: str) -> None:
    ask_mariadb(mariadb_admin_dsn, f"CREATE DATABASE {DATABASE.name}")
    with pytest.raises(BankError, match='"wekeza_sample_tests" exists on this server and was not created by'):
        mariadb.read_mark(DATABASE.name)
