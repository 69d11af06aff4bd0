from collections.abc import Iterator

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from ingest.source import load_sources
from ingest.table import Table
from samples.bank import Bank, BankError, create_bank, open_bank
from samples.server import STAGING
from samples.systems import SYSTEMS, databases_of

# The others need a MariaDB, or a folder for files, without which they are left out, or are read through a service.
ON_POSTGRESQL = [
    name
    for name, system in SYSTEMS.items()
    if {it.engine for it in system.databases.values()} == {"postgresql"} and not (system.exports or system.served)
]
CUSTOMERS = {
    "mobile": """SELECT 'mobile|users|' || "Id" FROM "MobileUsers" """,
    "fraud": "SELECT 'fraud|customers|' || customer_ref FROM monitored_customers",
}

# Of the systems those that need no other server; `test_mariadb.py` has one.


@pytest.fixture(scope="module")
def bank(postgres_admin_dsn: str) -> Bank:
    return create_bank(postgres_admin_dsn, people=60, seed=5)


def read(dsn: str, query: str) -> set[tuple[object, ...]]:
    with psycopg.connect(dsn) as source:
        return set(source.execute(query.encode()).fetchall())


def select_keys(table: Table) -> str:
    name = ".".join(f'"{part}"' for part in (table.schema_name, table.table) if part)
    return f'SELECT "{table.key}"::text FROM {name} WHERE {table.where or "true"}'  # noqa: S608 - a source file's SQL


def keys_in(bank: Bank, system: str) -> set[str]:
    """The keys of all rows that the system's source file takes for customers."""
    return {
        f"{system}|{table.name}|{id}"
        for table in load_sources()[system].tables
        if table.kind == "customer" and not table.events
        for (id,) in read(bank.sources[system], select_keys(table))
    }


def test_the_sources_hold_the_rows_of_the_truth(bank: Bank) -> None:
    assert {key for system in ON_POSTGRESQL for key in keys_in(bank, system)} == {
        key for key in bank.truth if key.split("|")[0] in ON_POSTGRESQL
    }


def test_the_databases_bear_the_names_of_the_bank(bank: Bank) -> None:
    for dsn, database in ((dsn, it) for name in ON_POSTGRESQL for dsn, it in SYSTEMS[name].databases.items()):
        assert read(bank.sources[dsn], "SELECT current_database()") == {(database.name,)}


@pytest.mark.parametrize("system", ON_POSTGRESQL)
def test_the_reader_reads_and_never_writes(bank: Bank, system: str) -> None:
    table = f'"{load_sources()[system].tables[0].table}"'
    for statement in (f"DELETE FROM {table}", f"TRUNCATE {table}", "CREATE TABLE mine (id integer)"):  # noqa: S608
        with psycopg.connect(bank.sources[system]) as source:
            source.execute("SET transaction_read_only = off")  # what protects is the grant, not the setting
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                source.execute(statement.encode())


@pytest.mark.parametrize("system", ON_POSTGRESQL)
def test_every_watermark_is_indexed_with_its_key(bank: Bank, system: str) -> None:
    query = r"SELECT tablename FROM pg_indexes WHERE indexname ~ 'watermark$' AND indexdef ~ '\(.+, \S+\)$'"
    indexed = {name for (name,) in read(bank.sources[system], query)}
    polled = {table.table for table in load_sources()[system].tables if table.watermark}
    assert polled <= indexed


def test_an_open_bank_is_the_same_bank(bank: Bank, postgres_admin_dsn: str) -> None:
    again = open_bank(postgres_admin_dsn)
    assert again is not None
    assert (again.truth, again.writers) == (bank.truth, bank.writers)
    assert read(again.sources["fraud"], CUSTOMERS["fraud"]) == read(bank.writers["fraud"], CUSTOMERS["fraud"])


def test_its_repr_tells_no_password(bank: Bank) -> None:
    assert "postgresql://" not in repr(bank)


def test_creating_again_replaces_it_even_while_somebody_reads(bank: Bank, postgres_admin_dsn: str) -> None:
    with psycopg.connect(bank.sources["mobile"], autocommit=True) as reader:
        reader.execute("SELECT 1")
        other = create_bank(postgres_admin_dsn, people=20, seed=6)
        with pytest.raises(psycopg.OperationalError):
            reader.execute("SELECT 1")
    assert {key for (key,) in read(other.sources["mobile"], CUSTOMERS["mobile"])} == {
        key for key in other.truth if key.startswith("mobile|")
    }
    assert create_bank(postgres_admin_dsn, people=60, seed=5).truth == bank.truth


def test_what_a_killed_run_left_is_no_obstacle(bank: Bank, postgres_admin_dsn: str) -> None:
    with psycopg.connect(postgres_admin_dsn, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {STAGING}fraud".encode())
    assert create_bank(postgres_admin_dsn, people=60, seed=5).truth == bank.truth
    assert read(postgres_admin_dsn, f"SELECT datname FROM pg_database WHERE datname LIKE '{STAGING}%'") == set()  # noqa: S608


def test_the_default_bank_has_two_thousand_people(bank: Bank, postgres_admin_dsn: str) -> None:
    large = create_bank(postgres_admin_dsn)
    assert len(set(large.truth.values())) > 2000
    create_bank(postgres_admin_dsn, people=60, seed=5)


@pytest.fixture
def foreign_database(bank: Bank, postgres_admin_dsn: str) -> Iterator[str]:
    """The fraud database without our mark: for all we know, somebody else's."""
    (name,) = (database.name for database in databases_of(["fraud"]))
    with psycopg.connect(postgres_admin_dsn, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
        admin.execute(f'CREATE DATABASE "{name}"'.encode())
        with psycopg.connect(make_conninfo(postgres_admin_dsn, dbname=name), autocommit=True) as foreign:
            foreign.execute("CREATE TABLE treasure (id integer)")
        yield name
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
    create_bank(postgres_admin_dsn, people=60, seed=5)


def test_somebody_elses_database_is_left_alone(foreign_database: str, bank: Bank, postgres_admin_dsn: str) -> None:
    for attempt in (create_bank, open_bank):
        with pytest.raises(BankError, match='"FraudDetection" exists on this server and was not created by'):
            attempt(postgres_admin_dsn)
    foreign = make_conninfo(postgres_admin_dsn, dbname=foreign_database)
    assert read(foreign, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == {("treasure",)}
    assert read(bank.writers["mobile"], 'SELECT count(*) > 0 FROM "MobileUsers"') == {(True,)}
